"""The RabbitMQ that the tests run on is real, and ours alone."""

from kombu import Connection


def test_rabbitmq_hands_a_message_on(rabbitmq_url):
    with Connection(rabbitmq_url, connect_timeout=5) as connection:
        queue = connection.SimpleQueue("letters")
        queue.put({"number": 1})
        message = queue.get(timeout=5)
        assert message.payload == {"number": 1}
        message.ack()
        queue.close()
