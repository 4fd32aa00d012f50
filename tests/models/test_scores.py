import numpy as np

from core.models.scores import judge, mean_log_loss


def test_judging_orders_the_true_class_among_all():
    probabilities = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.4, 0.4, 0.2], [0.4, 0.4, 0.2]], dtype=np.float32)
    judged = judge(probabilities, np.array([0, 0, 0, 1]))
    assert judged["predicted"].tolist() == [0, 2, 0, 0]
    # Of two equally probable classes the first is predicted, so the second has rank 2 although nothing is above it.
    assert judged["label_rank"].tolist() == [1, 3, 1, 2]
    assert judged["label_probability"].tolist() == probabilities[[0, 1, 2, 3], [0, 0, 0, 1]].tolist()


def test_the_loss_of_certain_and_right_predictions_is_zero_without_a_sign():
    assert str(mean_log_loss(np.ones(3, dtype=np.float32))) == "0.0"
