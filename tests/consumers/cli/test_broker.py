import signal
import socket
import subprocess
import sys

import pytest

KAWAT = [sys.executable, "-c", "from consumers.cli import main; main()"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_listens_and_ends_on_a_signal_with_its_port_free_again(number):
    with subprocess.Popen(
        [*KAWAT, "broker", "--port", "0"], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        try:
            told = running.stdout.readline()
            port = int(told.split(";")[0].rpartition(":")[2])
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        finally:
            running.send_signal(number)
        assert running.wait(15) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_a_port_that_is_taken_is_one_line_and_exit_code_1(broker):
    ran = subprocess.run(
        [*KAWAT, "broker", "--port", str(broker.port)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("kawat: the embedded broker")
    assert "Traceback" not in ran.stderr
