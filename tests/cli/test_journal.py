import re

from core.jobs import kinds


def test_a_fault_of_a_command_is_found_by_the_id_it_told(call, monkeypatch):
    call("jobs")  # a home of its own is open from here on

    def broken(_open_home):
        raise ZeroDivisionError("postgresql://ann:hunter2-Tr0ub4dor@db.test/shop")

    monkeypatch.setattr("core.jobs.health.examine", broken)
    answer = call("doctor")
    assert answer.code == 1 and answer.err.count("\n") == 1 and "hunter2" not in answer.err
    error_id = re.search(r"SL-[0-9a-f]{8}", answer.err)[0]
    [event] = call("journal", "--id", error_id, "--json").json["events"]
    assert event["event"] == "command_fault" and "ZeroDivisionError" in event["stack"]
    assert "hunter2" not in str(event)
    assert "ZeroDivisionError" in call("journal", "--id", error_id).out


def test_a_failed_job_is_found_by_its_fault_and_by_its_id(call, colors, monkeypatch):
    def broken(*_given, **_named):
        raise KeyError("what nobody thought of")

    kind = kinds.find_kind("embed")
    monkeypatch.setattr("core.jobs.run.find_kind", lambda _name: type(kind)(**{**vars(kind), "work": broken}))
    answer = call("embed", colors)
    assert answer.code == 1 and answer.err.count("\n") == 1
    error_id = re.search(r"SL-[0-9a-f]{8}", answer.err)[0]
    [fault] = call("journal", "--id", error_id, "--json").json["events"]
    told = call("journal", "--id", fault["job"], "--json").json["events"]
    assert [event["event"] for event in told] == ["job_failed", "job_fault", "job_started"]
    assert {event["kind"] for event in told} == {"embed"}
    assert call("journal", "--errors", "--limit", 1, "--json").json["events"] == [fault]
    assert call("doctor", "--json").json["errors"][0]["error_id"] == error_id


def test_an_unknown_id_is_said(call):
    answer = call("journal", "--id", "SL-00000000")
    assert answer.code == 2 and "knows nothing of 'SL-00000000'" in answer.err
    assert call("journal").out.strip() == "nothing was noted yet"
