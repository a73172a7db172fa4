"""The Datasette plugin: search, stories, dossiers, events, figures and editions as pages."""
