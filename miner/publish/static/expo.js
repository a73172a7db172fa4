// Nicer with JavaScript, complete without: copy buttons, "/" for the search box, remembered marks, jump to the first hit.
(function () {
  "use strict";
  document.querySelectorAll("pre.cite").forEach(function (pre) {
    if (!navigator.clipboard) { return; }
    var button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "复制";
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(pre.textContent).then(function () {
        button.textContent = "已复制";
        setTimeout(function () { button.textContent = "复制"; }, 1500);
      });
    });
    pre.after(button);
  });
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey;
    if (typing) { return; }
    if (event.key === "/") {
      var box = document.querySelector("#big") || document.querySelector("#q") || document.querySelector("#find");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    }
    var turn = { n: "a[rel=next]", p: "a[rel=prev]" }[event.key];
    var link = turn && document.querySelector(turn);
    if (link) { link.click(); }
  });
  document.querySelectorAll("input.toggle").forEach(function (box) {
    var key = "expo-" + box.id;
    try {
      if (localStorage.getItem(key) === "off") { box.checked = false; }
      box.addEventListener("change", function () { localStorage.setItem(key, box.checked ? "on" : "off"); });
    } catch (error) { /* no storage: the choice lasts for this page */ }
  });
  if (!location.hash) {
    var hit = document.querySelector(".story mark");
    if (hit && hit.getBoundingClientRect().top > innerHeight) { hit.scrollIntoView({ block: "center" }); }
  }
})();
