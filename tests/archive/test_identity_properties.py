"""What holds of the identity of any address."""

from __future__ import annotations

import string
from urllib.parse import urlencode

from hypothesis import example, given
from hypothesis import strategies as st

from archive.identity import identity
from archive.tracking import TRACKING

_LETTERS = string.ascii_lowercase + string.digits

# Words without a meaning of their own: "x" in front keeps clear of "amp" and "index".
_words = st.text(_LETTERS, min_size=1, max_size=6).map(lambda text: "x" + text)
_slugs = st.lists(_words, min_size=2, max_size=5).map("-".join)
_paths = st.builds(
    lambda before, slug, suffix: "/" + "/".join([*before, slug]) + suffix,
    st.lists(_words | st.integers(1, 2100).map(str), max_size=4),
    _slugs,
    st.sampled_from(["", ".html", ".php"]),
)
_names = st.sampled_from(["id", "p", "page", "story", "articleId", "v", "lang", "k"])
_values = st.text(_LETTERS + " é/&=%+'", max_size=8)
_parameters = st.dictionaries(_names, _values, max_size=4)
_sites = st.builds(
    lambda labels, top: ".".join([*labels, "example", top]),
    st.lists(_words, max_size=2),
    st.sampled_from(["com", "de", "co.uk", "org"]),
)
_tracking = st.builds(
    lambda mark, rest, value: (mark.name.replace("*", rest), value),
    st.sampled_from([mark for mark in TRACKING if mark.values is None]),
    _words,
    st.text(max_size=12),
)
_bound_tracking = st.sampled_from(
    [
        ("ref", "rss"),
        ("from", "rss"),
        ("source", "newsletter-daily"),
        ("ref", "aggregator.example"),
        ("amp", "1"),
        ("outputType", "amp"),
        ("mobile", "1"),
        ("m", "1"),
        ("print", "true"),
        ("view", "print"),
        ("sid", "0123456789abcdef0123456789abcdef"),
    ]
)
_anything = st.one_of(
    st.text(st.characters()),  # lone surrogates too
    st.text(st.characters(), max_size=30).map(lambda text: "http://" + text),
    st.builds("https://a.com/{}?{}#{}".format, *[st.text(st.characters())] * 3),
    st.text("ht:/ps.am?#%2Fe[]@;&=()!\\\n:80", max_size=40).map("http://a".__add__),
)


def _address(site: str, path: str, parameters: dict[str, str]) -> str:
    query = urlencode(parameters)
    return f"https://{site}{path}" + (f"?{query}" if query else "")


@given(_anything)
@example("http://\ud800/")
@example("http://http:80/")
@example("http://a.com:\u0663/")
@example("http://[::\u0661]/")
def test_every_string_has_an_identity_that_is_its_own(url):
    key = identity(url)
    assert identity(key) == key
    key.encode()  # a database can hold it


@given(_sites, _paths, _parameters)
def test_an_identity_is_printable_ascii_that_begins_with_the_site(
    site, path, parameters
):
    key = identity(_address(site, path, parameters))
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key
    assert key.startswith(",".join(reversed(site.split("."))) + ")/")


@given(
    _sites,
    _paths,
    _parameters,
    st.lists(_tracking | _bound_tracking, max_size=3),
    st.text("abc-=/", max_size=5),
    st.randoms(use_true_random=False),
)
def test_tracking_and_fragments_change_nothing(
    site, path, parameters, tracking, fragment, random
):
    added = [*parameters.items(), *tracking]
    random.shuffle(added)
    query = urlencode(added)
    url = f"https://{site}{path}?{query}#{fragment}"
    assert identity(url) == identity(_address(site, path, parameters))


@given(
    _sites,
    _paths,
    _parameters,
    st.sampled_from(["", "www.", "m.", "amp.", "mobile.", "www.m.", "wap.", "touch."]),
    st.sampled_from(["{}", "/amp{}", "{}/amp", "{}/amp/", "{}/print/", "{}//", "{}/."]),
    st.sampled_from(["http", "https", "HTTP"]),
)
def test_twins_for_other_screens_change_nothing(
    site, path, parameters, twin, form, scheme
):
    url = _address(twin + site.upper(), form.format(path), parameters)
    url = scheme + url.removeprefix("https")
    assert identity(url) == identity(_address(site, path, parameters))


@given(_sites, _paths, _parameters, st.booleans())
def test_an_amp_cache_changes_nothing(site, path, parameters, is_google):
    cache = "www.google.de/amp" if is_google else "x.cdn.ampproject.org/c"
    url = _address(f"{cache}/s/{site}", path, parameters)
    assert identity(url) == identity(_address(site, path, parameters))


@given(_sites, _paths, _parameters, _sites, _paths, _parameters)
def test_other_sites_words_or_parameters_are_another_identity(
    site, path, parameters, other_site, other_path, other_parameters
):
    one, other = (site, path, parameters), (other_site, other_path, other_parameters)
    assert (identity(_address(*one)) == identity(_address(*other))) is (one == other)


@given(_sites, _paths, _parameters, _paths, _parameters)
def test_one_difference_is_enough(site, path, parameters, other_path, other_parameters):
    key = identity(_address(site, path, parameters))
    assert (identity(_address(site, other_path, parameters)) == key) is (
        path == other_path
    )
    assert (identity(_address(site, path, other_parameters)) == key) is (
        parameters == other_parameters
    )
