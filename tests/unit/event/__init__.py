"""The event worker without sockets."""
