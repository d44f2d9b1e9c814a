import pytest

from oyez.errors import ConfigError, ModelError
from oyez.serve.catalog import Catalog, Served


def test_models_are_called_as_their_files(tone_path, pair_path):
    catalog = Catalog.load([tone_path, pair_path], threshold=0.7)
    assert [one.name for one in catalog] == ["tone", "pair"]
    assert len(catalog) == 2
    assert "tone" in catalog
    assert "alpha" not in catalog
    assert catalog["pair"].thresholds == {"alpha": 0.7, "beta": 0.7}
    assert catalog.words == ("tone", "alpha", "beta")


def test_a_rate_that_no_table_supports_is_told():
    told = []
    Catalog.load(["activate"], false_accepts="1/week", tell=told.append)
    assert "evidence supports" in told[0]
    assert "--strict refuses" in told[0]


def test_names_are_of_models_or_of_words(catalog):
    assert catalog.choose() == {"tone": ("tone",), "pair": ("alpha", "beta")}
    assert catalog.choose(["pair"]) == {"pair": ("alpha", "beta")}
    assert catalog.choose(["beta", "alpha"]) == {"pair": ("alpha", "beta")}
    with pytest.raises(ConfigError, match="nothing here hears “gamma”"):
        catalog.choose(["alpha", "gamma"])


def test_thresholds_by_word_and_for_all(catalog):
    chosen = catalog.choose(["beta", "tone"])
    assert catalog.thresholds(chosen)["pair"]["beta"] == 0.6
    assert catalog.thresholds(chosen, 0.3) == {"tone": {"tone": 0.3}, "pair": {"alpha": 0.6, "beta": 0.3}}
    assert catalog.thresholds(chosen, {"beta": 0.4})["tone"]["tone"] == 0.5
    with pytest.raises(ConfigError, match="“alpha”, but asked for is beta, tone"):
        catalog.thresholds(chosen, {"alpha": 0.4})


def test_what_is_not_served_is_refused(catalog, tone):
    with pytest.raises(ConfigError, match=r"no model “gamma” here. Name one of: tone, pair"):
        catalog["gamma"]
    with pytest.raises(ConfigError, match="a server needs a model"):
        Catalog([])
    with pytest.raises(ConfigError, match="a name of its own"):
        Catalog([Served("one", tone, {}), Served("one", tone, {})])
    with pytest.raises(ModelError, match="no such model file"):
        Catalog.load(["nobody"])
