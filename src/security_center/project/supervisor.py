"""`./ssc up`: prepares the data folder, then starts the three programs and keeps them alive.

This process loads no Django, so that it stays small and has nothing that could fail. It runs in one thread:
the kernel ends a child whose parent *thread* is gone (see parentage.py). Order matters: the folder's lock
first, then the ports, then the data, then the programs."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import selectors
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from . import data_folder
from .logbook import Logbook

PATIENCE_TO_STOP = 8.0  # seconds a program may take to finish what it is doing
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # between restarts of a program that keeps dying
CALM = 60.0  # a program that lived this long starts again at once
PORT_PATIENCE = 5.0  # an earlier start that was just killed may need a moment to let go of its port


class CannotStart(Exception):
    """The message is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Wish:
    """What the person asked for on the command line."""

    data: Path
    port: int
    staff_port: int
    bind: str
    demo: bool

    @property
    def local(self) -> str:
        """An address of this machine under which a program that binds to `bind` answers."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.bind, self.bind)  # noqa: S104 (a comparison, not a bind)


@dataclass
class Program:
    """One of the three, alive or waiting for its next start."""

    name: str
    module: str
    environment: dict[str, str]
    book: Logbook
    process: subprocess.Popen[bytes] | None = None
    output: int = -1  # the end of the pipe that its words come out of
    started: float = 0.0
    wait: float = FIRST_WAIT
    next_start: float = 0.0

    def start(self) -> None:
        # A group of its own: Ctrl-C reaches the supervisor only, and a whole program, its own children
        # included, can be ended at once.
        self.output, its_end = os.pipe()
        os.set_blocking(self.output, False)
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", self.module],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=its_end,
            stderr=its_end,
            process_group=0,
        )
        os.close(its_end)
        self.started = time.monotonic()

    def signal(self, number: int) -> None:
        if self.process is None:
            return
        try:
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)
        except ProcessLookupError:
            return


class Supervisor:
    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.stopping = False
        self.selector = selectors.DefaultSelector()
        self.book = Logbook(wish.data / "logs", "supervisor")
        self.programs: list[Program] = []

    # --- telling
    # --------------------------------------------------------------------------------------------
    def say(self, sentence: str) -> None:
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        # Read here, since this process loads no settings
        as_json = os.environ.get("SSC_LOG_FORMAT") == "json"
        parts = {
            "time": moment,
            "level": "INFO",
            "program": "supervisor",
            "logger": "ssc",
            "message": sentence,
        }
        self.book.write(json.dumps(parts, ensure_ascii=False) if as_json else f"{moment} {sentence}")
        show(f"ssc: {sentence}")

    def take_output(self, program: Program) -> None:
        while program.process is not None:
            try:
                chunk = os.read(program.output, 65536)
            except BlockingIOError:
                return
            if not chunk:
                return
            for line in program.book.take(chunk):
                show(f"{program.name:<6} | {line}")

    # --- start
    # --------------------------------------------------------------------------------------------
    def environment(self, program: str) -> dict[str, str]:
        wish = self.wish
        environment = {
            **os.environ,
            "SSC_PROGRAM": program,
            "SSC_DATA": str(wish.data),
            "SSC_PORT": str(wish.port),
            "SSC_STAFF_PORT": str(wish.staff_port),
            "SSC_BIND": wish.bind,
            "SSC_DEMO": "yes" if wish.demo else "no",
            "SSC_SUPERVISOR_PROCESS": str(os.getpid()),
            "DJANGO_SETTINGS_MODULE": "security_center.project.settings",
            "PYTHONUNBUFFERED": "1",
        }
        if program in {"staff", "worker"}:
            environment.pop("SSC_SESSION_SECRET", None)
        for ending in ("", "_FILE"):
            own = environment.pop(f"SSC_PUBLIC_DATABASE_URL{ending}", "") if program != "manage" else ""
            # It connects as a role that may do less, and must not hold the address of the one that may do all
            if own and program == "public":
                environment.pop("DATABASE_URL", None)
                environment.pop("DATABASE_URL_FILE", None)
                environment[f"DATABASE_URL{ending}"] = own
        return environment

    def prepare(self) -> None:
        """Runs the preparation, which needs Django, in a process of its own that gives its memory back.

        Raises CannotStart.
        """
        process = subprocess.Popen(
            [sys.executable, "-m", "security_center.project.preparation"],
            env=self.environment("manage"),
            stdin=subprocess.DEVNULL,
        )
        while process.poll() is None:
            if self.stopping:
                process.terminate()
            time.sleep(0.02)
        if not self.stopping and process.returncode != 0:
            raise CannotStart(
                "the data could not be made ready, so nothing was started. The reason stands above."
            )

    def raise_programs(self) -> None:
        logs = self.wish.data / "logs"
        server = "security_center.project.server"
        public = self.environment("public")
        # Seals the cookie of a reporter who came back; never written anywhere, so a stolen disk does not open
        # one. Several machines are given one: the cookie that one of them made is brought to another.
        if not public.get("SSC_SESSION_SECRET_FILE"):
            public["SSC_SESSION_SECRET"] = public.get("SSC_SESSION_SECRET") or secrets.token_hex(32)
        self.programs = [
            Program("public", server, public, Logbook(logs, "public")),
            Program("staff", server, self.environment("staff"), Logbook(logs, "staff")),
        ]
        for number in range(1, int(os.environ.get("SSC_WORKER_PROCESSES", "1")) + 1):
            name = "worker" if number == 1 else f"worker-{number}"
            self.programs.append(
                Program(
                    name, "security_center.project.worker", self.environment("worker"), Logbook(logs, name)
                )
            )
        for program in self.programs:
            self.start(program)

    def start(self, program: Program) -> None:
        program.start()
        self.selector.register(program.output, selectors.EVENT_READ, program)

    # --- keeping alive
    # -------------------------------------------------------------------------------------------
    def look_after(self, program: Program, now: float) -> None:
        process = program.process
        if process is None:
            if now >= program.next_start and not self.stopping:
                self.start(program)
            return
        code = process.poll()
        if code is None:
            return
        self.bury(program)
        if self.stopping:
            return
        program.wait = FIRST_WAIT if now - program.started > CALM else program.wait
        program.next_start = now + program.wait
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        self.say(f"the {program.name} program {how}; starting it again in {program.wait:g} s.")
        program.wait = min(program.wait * 2, LONGEST_WAIT)

    def bury(self, program: Program) -> None:
        """Takes the last words of a dead program, and takes its own children down with it."""
        process = program.process
        if process is None:
            return
        program.signal(signal.SIGKILL)
        self.take_output(program)
        self.selector.unregister(program.output)
        os.close(program.output)
        process.wait()
        program.process = None

    def turn(self, patience: float = 0.25) -> None:
        for key, _events in self.selector.select(patience):
            self.take_output(key.data)
        now = time.monotonic()
        for program in self.programs:
            self.look_after(program, now)

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # started with nohup: it is meant to outlive its terminal
            signal.signal(number, self.hear)
        wait_for_ports(self.wish)
        self.prepare()
        if not self.stopping:
            self.raise_programs()
            self.announce()
        while not self.stopping:
            self.turn()
        self.stop()
        return 0

    def announce(self) -> None:
        """Prints the two addresses as soon as both programs answer."""
        waiting = {"public": self.wish.port, "staff": self.wish.staff_port}
        told = time.monotonic() + 30
        while waiting and not self.stopping:
            self.turn(0.05)
            waiting = {name: port for name, port in waiting.items() if not answers(self.wish.local, port)}
            if waiting and time.monotonic() > told:
                self.say(
                    f"the {' and the '.join(waiting)} program does not answer yet; its log is "
                    f"{self.wish.data / 'logs'}."
                )
                told = time.monotonic() + 30
        if self.stopping:
            return
        public = os.environ.get("SSC_PUBLIC_URL") or f"http://localhost:{self.wish.port}"
        staff = os.environ.get("SSC_STAFF_URL") or f"http://localhost:{self.wish.staff_port}"
        self.say(f"ready. Reports are taken at  {public.rstrip('/')}/report/")
        show(f"     People sign in at      {staff.rstrip('/')}/")
        show("     Ctrl-C stops all three programs.")

    # --- stop
    # --------------------------------------------------------------------------------------------
    def hear(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def stop(self) -> None:
        self.say("stopping …")
        for program in self.programs:
            program.signal(signal.SIGTERM)
        end = time.monotonic() + PATIENCE_TO_STOP
        while any(program.process for program in self.programs) and time.monotonic() < end:
            self.turn(0.05)
        for program in self.programs:
            if program.process is not None:
                self.say(
                    f"the {program.name} program did not stop within {PATIENCE_TO_STOP:g} s and was ended."
                )
                program.signal(signal.SIGKILL)
                program.process.wait()
                self.bury(program)
            program.book.close()
        self.say("stopped.")
        self.book.close()


def show(line: str) -> None:
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except OSError:
        return  # the terminal is gone; the log file has the line


def answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def port_fault(host: str, port: int) -> OSError | None:
    """Why `port` cannot be had, or None. Without SO_REUSEPORT: the server sets it, and would quietly share
    the port with a stranger."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            return error
    return None


def wait_for_ports(wish: Wish) -> None:
    """Raises CannotStart when a port is taken."""
    if wish.port == wish.staff_port:
        raise CannotStart(
            f"the public and the staff program cannot share port {wish.port}. Give another with "
            "--port or --staff-port."
        )
    end = time.monotonic() + PORT_PATIENCE
    for option, port in (("--port", wish.port), ("--staff-port", wish.staff_port)):
        fault = port_fault(wish.bind, port)
        while fault is not None and fault.errno == 98 and time.monotonic() < end:
            time.sleep(0.1)
            fault = port_fault(wish.bind, port)
        if fault is not None and fault.errno == 98:
            raise CannotStart(
                f"port {port} is in use by another program. Stop it, or give another port with {option}."
            )
        if fault is not None:
            raise CannotStart(
                f"port {port} on {wish.bind} cannot be used ({fault.strerror}). Give another with "
                f"{option}, or another SSC_BIND."
            )


def up(wish: Wish) -> int:
    """Starts everything and returns the exit code when it was stopped."""
    os.umask(0o077)  # whatever any program writes, nobody else on this machine reads it
    try:
        data_folder.make(wish.data)
        with data_folder.held(wish.data):
            return Supervisor(wish).run()
    except (CannotStart, data_folder.DataFolderInUse, data_folder.DataFolderUnusable) as refusal:
        sys.stderr.write(f"ssc: {refusal}\n")
        return 2
