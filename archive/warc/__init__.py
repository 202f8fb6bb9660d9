"""WARC/1.1 as bytes: fields, records, the rules between them, files."""
