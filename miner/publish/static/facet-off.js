window.DATASETTE_ALLOW_FACET = false;
