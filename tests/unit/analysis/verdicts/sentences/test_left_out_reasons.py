from analysis.verdicts.sentences.left_out_reasons import why_left_out


def test_a_reason_is_in_words_and_one_without_reads_as_it_is_named() -> None:
    assert why_left_out("saturated_load_level") == "at a load level the backend could not carry"
    assert why_left_out("network_error") == "ended by an error of the network"
    assert why_left_out("unheard_of") == "unheard of"
