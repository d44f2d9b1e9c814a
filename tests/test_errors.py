import pytest

from oyez import errors


def test_every_error_is_an_oyez_error_and_drawn_in_the_tree():
    found = [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")]
    assert len(found) == 11
    for one in found:
        assert issubclass(one, errors.OyezError)
        assert one.__name__ in errors.__doc__


def test_require_imports_what_is_there():
    import json.decoder

    assert errors.require("json.decoder", "plot") is json.decoder


def test_require_tells_the_line_to_type():
    with pytest.raises(
        errors.MissingExtraError, match=r"needs no_such_library, .* pip install 'oyez\[plot\]'"
    ):
        errors.require("no_such_library.part", "plot")


def test_require_does_not_hide_what_is_missing_inside_a_library(tmp_path, monkeypatch):
    (tmp_path / "half_installed.py").write_text("import no_such_dependency")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_dependency"):
        errors.require("half_installed", "plot")


def test_require_tells_the_package_that_stands_beside_oyez():
    with pytest.raises(errors.MissingExtraError, match=r"needs no_such_library, .* pip install its-package$"):
        errors.require("no_such_library", package="its-package")
