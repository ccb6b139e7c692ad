"""Reference clients of the Learning Records Service, one module for each operation, meant to be copied.

They know the service by its WSDL alone and run against the stand-in or any service that publishes the same contract:

    from lrs_client.connection import Connection
    from lrs_client.credentials import Credentials
    from lrs_client.learner_by_uln import learner_by_uln

    with Connection("http://127.0.0.1:8080", Credentials(...)) as connection:
        answer = learner_by_uln(connection, uln="9276308686", given_name="Maeve", family_name="Okafor")
"""
