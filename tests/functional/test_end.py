"""SIGTERM to the one process ends everything in time; the next start finds all that was kept."""

import os
from time import monotonic

import psutil

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import Guest
from tests.functional.outside import Outside
from tests.product import Product
from tests.waiting import eventually

END_SECONDS = 20.0


def test_sigterm_leaves_no_process_and_a_second_start_keeps_the_data(
    product: Product, outside: Outside, simulators: Simulators, guest: Guest
) -> None:
    guest.says("1 coke to table 5")
    guest.taps("M-Pesa")
    guest.reads(simulators.kopokopo.wait_for(phone=guest.phone, status="Success")["receipt"])
    guest.says("2 coke")
    guest.reads("Coca-Cola")
    order = eventually(lambda: outside.order_of(guest.name))
    running = product.processes()
    assert len(running) > 10

    began = monotonic()
    product.stop()
    took, left = monotonic() - began, [one for one in running if alive(one)]
    still_marked, said = marked(product), product.console.read_text()
    product.start()

    assert took < END_SECONDS
    assert left == []
    assert still_marked == []
    assert "Everything has ended." in said
    assert outside.staff().shown(order["number"]) is not None
    back = product.simulators.guest(guest.phone, guest.name)
    back.says("cart")
    assert "300" in back.reads("Your order").text
    outside.clean()


def alive(process: psutil.Process) -> bool:
    """Neither gone nor waiting to be buried by whoever is process 1 here."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def marked(product: Product) -> list[int]:
    """Processes of anybody's that were started with this product's data folder."""
    mark = f"DATA_DIR={product.folder / 'data'}".encode()
    return [pid for pid in psutil.pids() if pid != os.getpid() and mark in environment(pid)]


def environment(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read()
    except OSError:  # gone, or not ours to read
        return b""
