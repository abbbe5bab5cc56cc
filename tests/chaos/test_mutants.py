"""What the experiment with broken files begins with is sound, and what it breaks comes again."""

import random

import pytest

from tests.chaos.experiments.files import read, readers
from tests.chaos.mutants import MUTATORS, forms, mutants


@pytest.mark.slow
def test_a_sound_item_of_each_form_is_a_post_of_its_own(tmp_path):
    path, chance = tmp_path / "file", random.Random(1)
    with readers(tmp_path) as by_name:
        for form in forms():
            found = []
            for _ in range(2):
                path.write_bytes(form.file(form.item, chance))
                found += [(post.platform, post.id) for post in read(path, [by_name[form.reader]])]
            assert (form.name, len(found), len({*found})) == (form.name, 2, 2)
    assert {form.reader for form in forms()} > {"file", "by hand", "feed"}


def test_the_same_files_are_broken_in_the_same_way_each_time_and_every_kind_is_among_them():
    first, again = ([*mutants(MUTATORS, 60)] for _ in range(2))
    assert first == again
    assert len({mutant.data for mutant in first}) > 50
    assert {mutant.reader for mutant in first} > {"", "file", "feed"}
