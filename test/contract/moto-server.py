"""A moto server on loopback that takes one request at a time: moto's backends are not thread-safe, and its own
server, which is threaded, loses writes. Prints its port when it is ready; ends when its standard input does."""
import os
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class QuietHandler(WSGIRequestHandler):
    def log(self, type, message, *args):
        pass


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


# moto's parser goes some calls deeper for each counter of an ADD, and an update has up to 250.
sys.setrecursionlimit(20_000)
server = make_server(
    "127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False, request_handler=QuietHandler
)
threading.Thread(target=end_with_parent, daemon=True).start()
print(server.server_port, flush=True)
server.serve_forever()
