"""The Scrapy spiders: sources that are watched, and addresses given by hand."""
