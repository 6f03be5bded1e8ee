"""A way to a service that can be shut in the middle of a call."""

import math
import selectors
import socket
import threading


class Gate:
    """Forwards one service's port. After `limit` bytes from the client it holds back what follows, in both
    directions, until it is opened: so a test knows how far a call came, and the service has not seen its end.
    Used as a context."""

    def __init__(self, address: str, limit: float = math.inf):
        host, _, port = address.rpartition(":")
        self._target = (host, int(port))
        self._limit = limit
        self.passed = 0  # bytes from the client
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._wake, self._woken = socket.socketpair()
        self._peers: dict[socket.socket, socket.socket] = {}
        self._clients: set[socket.socket] = set()
        self._ending = False
        self.held = threading.Event()
        self._open = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Gate":
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.cut()

    def cut(self):
        """Ends all connections; what was held back is lost."""
        if not self._ending:
            self._ending = True
            self._wake.send(b".")
            self._thread.join()

    def open(self):
        """Lets everything pass from now on, what was held back too."""
        self._open.set()
        self._wake.send(b".")

    def _is_shut(self) -> bool:
        return self.passed >= self._limit and not self._open.is_set()

    def _run(self):
        with selectors.DefaultSelector() as selector, self._listener, self._wake, self._woken:
            selector.register(self._woken, selectors.EVENT_READ)
            selector.register(self._listener, selectors.EVENT_READ)
            while not self._ending:
                for key, _ in selector.select():
                    if key.fileobj is self._woken:
                        self._woken.recv(1)
                        self._watch_all(selector)
                    elif key.fileobj is self._listener:
                        self._accept(selector)
                    else:
                        self._forward(selector, key.fileobj)
            for peer in self._peers:
                peer.close()

    def _accept(self, selector):
        client, _ = self._listener.accept()
        service = socket.create_connection(self._target)
        self._peers |= {client: service, service: client}
        self._clients.add(client)
        if self._is_shut():
            self.held.set()
        else:
            self._watch_all(selector)

    def _watch_all(self, selector):
        for peer in self._peers:
            if peer not in selector.get_map():
                selector.register(peer, selectors.EVENT_READ)

    def _forward(self, selector, source):
        if source not in self._peers:  # closed while this turn's events were handled
            return
        if self._is_shut():
            for peer in self._peers:
                if peer in selector.get_map():
                    selector.unregister(peer)
            self.held.set()
            return
        try:
            data = source.recv(4096)
            self._peers[source].sendall(data)
        except OSError:
            data = b""
        if source in self._clients:
            self.passed += len(data)
        if not data:
            for peer in (source, self._peers[source]):
                if peer in selector.get_map():
                    selector.unregister(peer)
                self._peers.pop(peer)
                self._clients.discard(peer)
                peer.close()
