"""The pages: what each shows, as plain records that its template writes out."""
