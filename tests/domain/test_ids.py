import time
from uuid import RFC_4122

from kmwiki.domain.ids import new_id, row_id


def test_ids_are_uuids_of_version_seven():
    id = new_id()

    assert (id.version, id.variant) == (7, RFC_4122)


def test_ids_of_one_process_are_in_the_order_of_their_making():
    ids = [new_id() for _ in range(5_000)]

    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_an_id_tells_the_millisecond_in_which_it_was_made():
    before = time.time_ns() // 1_000_000

    id = new_id()

    assert before <= id.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_a_row_id_is_its_prefix_and_number():
    assert row_id("n", 12) == "n12"
