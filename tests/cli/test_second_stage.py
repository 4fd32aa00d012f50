QUICK = ("--set", "folds=2", "--set", "n_estimators=2", "--set", "batch_size=8")


def test_what_a_second_stage_gained_is_told(call, colors):
    run = call("train", colors, "--recipe", "second-stage", *QUICK, "--json").json["run"]
    report = call("second-stage-report", run, "--json").json
    assert report["run"] == run and set(report["splits"]) == {"validation", "test"}
    test = report["splits"]["test"]
    # Pictures of one color each: the first model makes no mistake, so that there is nothing to gain or to lose.
    assert (test["accuracy_before"], test["accuracy_after"], test["difference"], test["p_value"]) == (
        1.0,
        1.0,
        0.0,
        1.0,
    )
    low, high = test["difference_interval"]
    assert low < 0 < high  # a handful of pictures proves nothing
    text = call("second-stage-report", run).out
    assert f"{test['pictures']}  100.0%  100.0%  +0.0 points" in text
    assert "validation chose sets and specialists" in text


def test_a_run_of_another_recipe_has_no_second_stage(call, colors):
    run = call("train", colors, "--recipe", "linear", "--json").json["run"]
    failed = call("second-stage-report", run)
    assert failed.code == 2
    assert "is of the recipe 'linear': only runs of 'second-stage' have a second stage" in failed.err
