"""Notebooks of ours that make the lesson's calls, in the lesson's order: one of each edition.

The text around the calls is ours. Import lines stand as in the lesson; the test changes them.
"""

FIRST_EDITION = [
    """
import numpy as np
from pydub import AudioSegment
import random
import sys
import io
import os
import glob
import IPython
from td_utils import *
%matplotlib inline
""",
    'IPython.display.Audio("./raw_data/activates/2.wav")',
    'IPython.display.Audio("./raw_data/negatives/1.wav")',
    'IPython.display.Audio("./raw_data/backgrounds/1.wav")',
    'IPython.display.Audio("audio_examples/example_train.wav")',
    'x = graph_spectrogram("audio_examples/example_train.wav")',
    """
_, data = wavfile.read("audio_examples/example_train.wav")
samples, frames = data[:,0].shape, x.shape
""",
    "Tx = 5511",
    "n_freq = 101",
    "Ty = 1375",
    """
activates, negatives, backgrounds = load_raw_audio()
lengths = len(backgrounds[0]), len(activates[0]), len(activates[1])
""",
    """
overlap1 = is_overlapping((950, 1430), [(2000, 2550), (260, 949)])
overlap2 = is_overlapping((2305, 2950), [(824, 1532), (1900, 2305), (3424, 3656)])
""",
    """
np.random.seed(5)
audio_clip, segment_time = insert_audio_clip(backgrounds[0], activates[0], [(3790, 4400)])
audio_clip.export("insert_test.wav", format="wav")
IPython.display.Audio("insert_test.wav")
""",
    'IPython.display.Audio("audio_examples/example_train.wav")',
    """
arr1 = insert_ones(np.zeros((1, Ty)), 9700)
plt.plot(insert_ones(arr1, 4251)[0,:])
checks = arr1[0][1333], arr1[0][634], arr1[0][635]
""",
    "x, y = create_training_example(backgrounds[0], activates, negatives)",
    'IPython.display.Audio("train.wav")',
    "plt.plot(y[0])",
    """
X = np.load("./XY_train/X.npy")
Y = np.load("./XY_train/Y.npy")
""",
    """
X_dev = np.load("./XY_dev/X_dev.npy")
Y_dev = np.load("./XY_dev/Y_dev.npy")
""",
    """
from keras.callbacks import ModelCheckpoint
from keras.models import Model, load_model, Sequential
from keras.layers import Dense, Activation, Dropout, Input, Masking, TimeDistributed, LSTM, Conv1D
from keras.layers import GRU, Bidirectional, BatchNormalization, Reshape
from keras.optimizers import Adam
""",
    """
def model(input_shape):
    X_input = Input(shape = input_shape)
    h = Conv1D(196, kernel_size=15, strides=4)(X_input)
    h = Dropout(0.8)(Activation('relu')(BatchNormalization()(h)))
    for last in (False, True):
        h = Dropout(0.8)(GRU(units = 128, return_sequences = True)(h))
        h = BatchNormalization()(h)
    h = TimeDistributed(Dense(1, activation = "sigmoid"))(Dropout(0.8)(h))
    return Model(inputs = X_input, outputs = h)
""",
    "model = model(input_shape = (Tx, n_freq))",
    "model.summary()",
    "model = load_model('./models/tr_model.h5')",
    """
opt = Adam(lr=0.0001, beta_1=0.9, beta_2=0.999, decay=0.01)
model.compile(loss='binary_crossentropy', optimizer=opt, metrics=["accuracy"])
""",
    "model.fit(X, Y, batch_size = 5, epochs=1)",
    """
loss, acc = model.evaluate(X_dev, Y_dev)
print("Dev set accuracy = ", acc)
""",
    """
def detect_triggerword(filename):
    plt.subplot(2, 1, 1)
    x = graph_spectrogram(filename)
    x  = x.swapaxes(0,1)
    x = np.expand_dims(x, axis=0)
    predictions = model.predict(x)
    plt.subplot(2, 1, 2)
    plt.plot(predictions[0,:,0])
    plt.show()
    return predictions
""",
    'IPython.display.Audio("./raw_data/dev/1.wav")',
    """
filename = "./raw_data/dev/1.wav"
prediction = detect_triggerword(filename)
chime_on_activate(filename, prediction, 0.5)
IPython.display.Audio("./chime_output.wav")
""",
    """
your_filename = "audio_examples/my_audio.wav"
preprocess_audio(your_filename)
IPython.display.Audio(your_filename)
""",
    """
chime_threshold = 0.5
prediction = detect_triggerword(your_filename)
chime_on_activate(your_filename, prediction, chime_threshold)
IPython.display.Audio("./chime_output.wav")
""",
]

LATER_EDITION = [
    """
import numpy as np
from pydub import AudioSegment
import IPython
from td_utils import *
%matplotlib inline
""",
    """
x = graph_spectrogram("audio_examples/example_train.wav")
activates, negatives, backgrounds = load_raw_audio('./raw_data/')
""",
    """
Tx, n_freq, Ty = 5511, 101, 1375
np.random.seed(18)
x, y = create_training_example(backgrounds[0], activates, negatives, Ty)
""",
    """
X = np.load("./XY_train/X.npy")
Y = np.load("./XY_train/Y.npy")
X_dev = np.load("./XY_dev/X_dev.npy")
Y_dev = np.load("./XY_dev/Y_dev.npy")
""",
    """
from tensorflow.keras.callbacks import ModelCheckpoint
from tensorflow.keras.models import Model, load_model, Sequential
from tensorflow.keras.layers import Dense, Activation, Dropout, Input, TimeDistributed, Conv1D
from tensorflow.keras.layers import GRU, BatchNormalization
from tensorflow.keras.optimizers import Adam
""",
    """
from tensorflow.keras.models import model_from_json

json_file = open('./models/model.json', 'r')
loaded_model_json = json_file.read()
json_file.close()
model = model_from_json(loaded_model_json)
model.load_weights('./models/model.h5')
""",
    """
model.layers[2].trainable = False
model.layers[7].trainable = False
model.layers[10].trainable = False
""",
    """
opt = Adam(lr=1e-6, beta_1=0.9, beta_2=0.999)
model.compile(loss = 'binary_crossentropy', optimizer = opt, metrics=["accuracy"])
""",
    "model.fit(X, Y, batch_size = 20, epochs=1)",
    "loss, acc, = model.evaluate(X_dev, Y_dev)",
    """
filename = "./raw_data/dev/1.wav"
prediction = detect_triggerword(filename, model)
chime_on_activate(filename, prediction, 0.5)
IPython.display.Audio("./chime_output.wav")
""",
]
