// Close Datasette's open menus when the click falls outside of them: its own inline script, as a file.
document.addEventListener("click", function (event) {
  var inside = event.target.closest ? event.target.closest("details") : null;
  document.querySelectorAll("details[open]").forEach(function (details) {
    if (details !== inside) { details.open = false; }
  });
});
