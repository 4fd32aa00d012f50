# ruff: noqa: SIM905 - lists of words read better as texts
"""What shops call their columns: known names by field, the most telling first, written without case and signs."""

import re
import unicodedata

FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "product_id": tuple(
        """productid uniqid uniqueid id sku skuid itemid productcode itemcode articleid articlenumber articleno
        artikelnummer itemnumber productnumber asin styleid goodsid offerid listingid pid gtin ean upc barcode uuid
        编号 артикул
        itemno code handle externalid ref reference key""".split()
    ),
    "title": tuple(
        """title producttitle productname productdisplayname displayname itemname itemtitle name articlename
        fulltitle shorttitle listingtitle bezeichnung artikelbezeichnung produktname titel titre nom libelle
        designation nombre titulo titolo nome naam nazwa headline 名称 商品名称 商品名 标题 名前 название
        наименование""".split()
    ),
    "category": tuple(
        """productcategorytree categorytree categorypath productcategory category categories categoryname
        googleproductcategory breadcrumbs breadcrumb taxonomy kategorie kategorien warengruppe categoria categorie
        kategoria producttype department section class type productgroup articletype itemtype
        label labels classname classlabel target
        类别 分类 カテゴリ категория""".split()
    ),
    "price": tuple(
        """discountedprice saleprice finalprice currentprice sellingprice offerprice discountprice specialprice price
        actualprice productprice itemprice unitprice priceamount amount preis verkaufspreis prix precio prezzo prijs
        cena valor 价格 価格 цена listprice regularprice originalprice retailprice mrp msrp rrp cost""".split()
    ),
    "currency": tuple(
        "currency currencycode pricecurrency priceunit isocurrency waehrung wahrung devise moneda".split()
    ),
    "picture": tuple(
        """image images imageurl imageurls imagelink imagelinks imagesrc imagepath imagefile imagefilename imagename
        picture pictures pictureurl picturefile picturename pictureurls photo photos photourl photofile img imgs
        imgurl imglink imgsrc imgpath imgfile mainimage mainimageurl primaryimage primaryimageurl highresimage
        thumbnail thumbnailurl bild bilder bildurl foto fotos 图片 画像 фото картинка
        filename file filepath path url link""".split()
    ),
    "brand": tuple(
        """brand brandname productbrand manufacturer manufacturername maker vendor marke hersteller marque marca merk
        designer 品牌 ブランド бренд""".split()
    ),
    "color": tuple(
        """color colour basecolour basecolor colorname colourname primarycolor primarycolour maincolor maincolour
        productcolor colors colours farbe couleur colore kleur kolor 颜色 色 カラー цвет""".split()
    ),
    "description": tuple(
        """description productdescription longdescription fulldescription itemdescription bodyhtml body desc
        descriptiontext shortdescription beschreibung produktbeschreibung descripcion descrizione omschrijving about
        details summary text 描述 説明 описание""".split()
    ),
    "split": tuple("split subset datasplit setname partition fold set usage dataset".split()),
}

OLD_PRICES = frozenset(
    "retailprice listprice regularprice originalprice mrp msrp rrp uvp wasprice oldprice actualprice".split()
)
"""Names of a second price, what was asked before a discount."""

_LEVELS = {
    **dict.fromkeys(
        """department division mastercategory maincategory topcategory rootcategory parentcategory primarycategory
        hauptkategorie categorygroup""".split(),
        1,
    ),
    **dict.fromkeys("category productcategory kategorie categoryname".split(), 2),
    **dict.fromkeys("subcategory unterkategorie secondarycategory subcategoryname".split(), 3),
    **dict.fromkeys("subsubcategory articletype producttype leafcategory itemtype tertiarycategory".split(), 4),
}
_NUMBERED_LEVEL = re.compile(
    r"(?:categorylevel|levelcategory|categoryl|category|cat|level|lvl|kategorie|l)([0-9])(?:name|category)?"
)
_NUMBERED_PICTURE = re.compile(
    r"(?:additional)?(?:images?|pictures?|photos?|imgs?)(?:url|link|src|file)?s?([0-9]{1,2})|additionalimages?(?:links?|urls?)?"
)


def plain_name(column: str) -> str:
    """Write a column's name without case, signs and accents: "Product_Name" as "productname"."""
    text = unicodedata.normalize("NFKD", column)
    return "".join(each for each in text.lower() if each.isalnum())


def category_level(plain: str) -> tuple[str, int] | None:
    """Tell which level of a category a column holds: the kind of its name, and its rank."""
    if plain in _LEVELS:
        return "words", _LEVELS[plain]
    found = _NUMBERED_LEVEL.fullmatch(plain)
    return ("numbers", int(found[1])) if found else None


def is_further_picture(plain: str) -> bool:
    """Tell whether a column is one of several that hold a picture each, such as "image2"."""
    return _NUMBERED_PICTURE.fullmatch(plain) is not None
