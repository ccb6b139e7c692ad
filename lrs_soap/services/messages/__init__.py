"""Spyne models of the contract's messages, one module per family of namespaces.

Members carry the contract's own element names, in its order. A member that is None is absent, `NIL` is sent as
`xsi:nil`, an empty string as an empty element.
"""
