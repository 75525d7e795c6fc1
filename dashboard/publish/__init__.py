"""The whole record as plain files for any web host: the server's own pages, each link in them leading to a file."""
