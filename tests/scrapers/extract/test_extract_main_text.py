"""The judge of main text: how it chooses, completes, and learns."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from scrapers.extract import features, learn, main_text
from scrapers.extract.page import prepare


def array(*values: float) -> features.Array:
    return np.asarray(values, np.float32)


def test_the_choice_is_bolder_on_a_page_of_doubtful_pieces() -> None:
    sure = main_text.choose(array(0.99, 0.98, 0.97, 0.3), array(50, 50, 50, 50))
    unsure = main_text.choose(array(0.35, 0.32, 0.3, 0.3), array(50, 50, 50, 50))
    assert sure.tolist() == [True, True, True, False]
    assert unsure.tolist() == [True] * 4


def test_the_choice_of_nothing_is_nothing() -> None:
    assert main_text.choose(array(), array()).tolist() == []


def test_a_row_of_measures_has_a_name_for_each_and_no_gap() -> None:
    body = "<html><body><nav><a href=/>Home</a></nav><main><h1>A</h1><p>Some words, and more.</p><table><tr><th>a<th>b<tr><td>1<td>2</table></main>"
    ready = prepare(body.encode())
    assert ready is not None
    rows = features.measure(ready.page)
    assert rows.shape == (len(ready.page.blocks), len(features.NAMES))
    assert len(set(features.NAMES)) == len(features.NAMES)
    assert np.isfinite(rows).all()


def test_the_stored_weights_fit_the_measures() -> None:
    first, second = main_text.networks()
    assert first.arrays["mean"].shape == (len(features.NAMES),)
    assert second.arrays["mean"].shape[0] > len(features.NAMES)
    assert all(np.isfinite(values).all() for net in (first, second) for values in net.arrays.values())


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    (tmp_path / "html").mkdir()
    (tmp_path / "ground-truth").mkdir()
    for number in range(12):
        text = f"Paragraph {number} tells at some length what the trust decided, and why it was decided so late. " * 2
        menu = "".join(f"<li><a href='/{n}'>Entry {n} {number}</a></li>" for n in range(8))
        (tmp_path / "html" / f"{number:04}.html").write_text(
            f"<html><body><nav><ul>{menu}</ul></nav><article><h1>Heading {number}</h1>"
            + "".join(f"<p>{part} {text}</p>" for part in range(4))
            + f"</article><footer><ul>{menu}</ul></footer></body></html>"
        )
        truth = "\n".join(f"{part} {text}" for part in range(4))
        known = {
            "url": f"https://example.org/{number}",
            "ground_truth": {"main_content": truth},
            "_internal": {"page_type": {"primary": "article"}},
        }
        (tmp_path / "ground-truth" / f"{number:04}.json").write_text(json.dumps(known))
    return tmp_path


def test_learning_tells_text_from_menus_and_is_the_same_each_time(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "ROUNDS", 6)
    samples = learn.load(pages)
    assert len(samples) == 12
    first, second = learn.learn(samples[:8])
    again, _ = learn.learn(samples[:8])
    assert all(np.array_equal(first[name], again[name]) for name in first)
    judges = main_text.Network(first), main_text.Network(second)
    assert np.mean([learn.judged(sample, *judges) for sample in samples[8:]]) > 0.9


def test_joined_networks_give_the_mean_of_their_logits(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "ROUNDS", 2)
    samples = learn.load(pages)
    rows = [sample.rows for sample in samples]
    nets = [learn.train(rows[n : n + 8], samples[n : n + 8], seed=n) for n in range(2)]
    one, other = (main_text.Network(net)(rows[0]) for net in nets)
    mean = (np.log(one / (1 - one)) + np.log(other / (1 - other))) / 2
    both = main_text.Network(learn.joined(nets))(rows[0])
    assert np.allclose(both, 1 / (1 + np.exp(-mean)), atol=0.05)
