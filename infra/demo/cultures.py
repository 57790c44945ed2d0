"""What people are called in several cultures. Common given names; family names put together from invented halves."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Culture:
    """Family names are a stem and an ending. `titles` are hers and his; `keeps`: whoever marries keeps her name."""

    titles: tuple[str, str]
    women: tuple[str, ...]
    men: tuple[str, ...]
    stems: tuple[str, ...]
    endings: tuple[str, ...]
    keeps: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CULTURES: Final[dict[str, Culture]] = {
    "french": Culture(
        ("Mme", "M."),
        _words("Élodie Aurélie Camille Solène Hélène Maëlle Inès Éléonore Clémence Apolline Margaux Léonie"),
        _words("Théo Rémi François Étienne Gaël Loïc Benoît Maxime Cédric Hugo Anatole Basile"),
        _words("Beau Mont Chante Clair Roche Belle Haute Mar Vau Bois Grand Fon"),
        _words("lieu champ merle val fort rive court rêt gny villiers ancourt elle"),
    ),
    "british": Culture(
        ("Mrs", "Mr"),
        _words("Imogen Harriet Beatrice Florence Matilda Rosalind Cordelia Eleanor Phoebe Georgina Isla Niamh"),
        _words("Rupert Alistair Hugh Barnaby Felix Callum Edmund Rory Tobias Dermot Jasper Owen"),
        _words("Ash Thorn Whit Hart Black Pem Lang Cran Hather Stan Wex O'Don"),
        _words("worth ley combe bridge field wick bourne leigh more shaw ham ning"),
    ),
    "italian": Culture(
        ("Sig.ra", "Sig."),
        _words("Chiara Ginevra Beatrice Ludovica Niccolina Azzurra Fiammetta Eleonora Costanza Mirella Noemi Bianca"),
        _words("Niccolò Tommaso Leonardo Edoardo Alvise Corrado Raniero Ettore Vasco Lapo Dario Cosimo"),
        _words("Mar Ben Cast Mont Bell Gian Fior Pell Vis Sant Lomb D'Al"),
        _words("inelli ertucci elvetri alboni ardini oretti ignani esano ùccio ombardi erini azzi"),
    ),
    "german": Culture(
        ("Frau", "Herr"),
        _words("Annegret Käthe Friederike Liselotte Jördis Ulrike Mareike Sünje Brünhild Leonie Antje Rosalie"),
        _words("Jürgen Götz Matthäus Lennart Björn Korbinian Thilo Ruprecht Sören Anselm Ferdinand Ägidius"),
        _words("Stein Linden Grün Schön Kirsch Eber Rosen Hof Wald Königs Bruck Gäns"),
        _words("bach hardt felder mann reuther hofer steiner brecht wald müller ner thaler"),
    ),
    "hispanic": Culture(
        ("Sra.", "Sr."),
        _words("Lucía Ximena Inés Begoña Rocío Martína Noelia Ángeles Soledad Íngrid Araceli Paloma"),
        _words("Andrés Joaquín Íñigo Raúl Tomás Gonzalo Hernán Álvaro Matías Efraín Ramón Nicolás"),
        _words("Mont Vill Cast Alb Ben Sald Or Quint Ar Fuent Lob Zar"),
        _words("añés alobos ellanos avides ítez ívar tega anilla royo ealba era ragoza"),
        keeps=True,
    ),
    "nordic": Culture(
        ("Fru", "Herr"),
        _words("Astrid Sølvi Åsa Ingrid Maj-Britt Linnéa Ragnhild Tuva Eira Sigrún Ylva Märta"),
        _words("Bjørn Åke Søren Håkon Leif Torbjörn Einar Eskil Göran Knut Öyvind Ulf"),
        _words("Lind Berg Sjö Ås Strand Ek Dal Hög Øster Holm Fjell Nord"),
        _words("qvist ström gren lund gård dahl vik holm by mark sen blad"),
    ),
    "slavic": Culture(
        ("Mrs", "Mr"),
        _words("Zofia Ludmiła Kateřina Oksana Jadwiga Milena Božena Elżbieta Anastazja Věra Dragana Svitlana"),
        _words("Zbigniew Łukasz Bohdan Miroslav Ondřej Tadeusz Wojciech Stanimir Jiří Radomir Grzegorz Pavlo"),
        _words("Wróbl Kow Nov Zieliń Dvoř Mal Lewand Ostr Czern Hav Ryb Sok"),
        _words("ewicz alczyk otny ski áček inowski owicz owska iak lík enko olák"),
    ),
    "japanese": Culture(
        ("Ms", "Mr"),
        _words("Haruka Ayumi Sakiko Chihiro Natsumi Kaede Yukino Tomoyo Mizuki Hotaru Reina Kotone"),
        _words("Kenji Shōta Daigo Ryūnosuke Takumi Haruto Yūma Kazuki Sōichi Tetsuo Naoya Itsuki"),
        _words("Yama Taka Kawa Ishi Fuji Matsu Naka Aki Mina Hoshi Shira Kiku"),
        _words("moto hashi mura kawa saki zawa guchi naga bata shima tani gawa"),
    ),
    "chinese": Culture(
        ("Ms", "Mr"),
        _words("Xiuying Meilin Yuhan Ruoxi Jiayi Shuwen Qiuyue Lanying Yatong Xinyi Wanqing Zhilan"),
        _words("Haoran Zhiming Wenbo Junjie Yichen Guowei Tianyu Mingze Jianhong Rui Bowen Shaolong"),
        _words("Ou Si Shang Zhu Huang Dong Gong Duan Xia Nan Situ Wei"),
        _words("yang ma guan ge fu fang sun mu hou gong kong chi"),
        keeps=True,
    ),
    "korean": Culture(
        ("Ms", "Mr"),
        _words("Ji-woo Seo-yeon Ha-eun Min-seo Soo-ah Ye-rin Da-eun Yoon-hee Chae-won Na-ri Bo-ra Eun-bi"),
        _words("Min-jun Do-yun Ji-ho Hyun-woo Seung-min Tae-yang Jae-won Dong-hyun Sung-ho In-su Kyu-jin Woo-bin"),
        _words("Seo Nam Hwang Dok Je Sun Sa Kang Ma Eo Ban Chu"),
        ("", "gung", "bo", "go", "gal", "woo", "kong", "jeon", "mun", "geum", "seok", "nam"),
        keeps=True,
    ),
    "arabic": Culture(
        ("Ms", "Mr"),
        _words("Layla Noor Yasmin Amal Hessa Shaikha Rania Maha Dalal Salma Reem Ghada"),
        _words("Khalid Omar Faisal Tariq Saeed Hamdan Rashid Nasser Ziyad Sultan Idris Majid"),
        _words("Al-Mar Al-Han Al-Suw Al-Dhah Ben-Az Al-Qas Al-Fal Al-Ram Al-Zah Al-Mut Al-Har Al-Kha"),
        _words("zouqi eeri aidi abi iri imi ahi ithi rani awa bouri oudi"),
        keeps=True,
    ),
    "indian": Culture(
        ("Mrs", "Mr"),
        _words("Ananya Kavya Ishita Meenakshi Radhika Tanvi Sharmila Pooja Lakshmi Nandini Devika Charu"),
        _words("Arjun Rohan Vikram Aditya Siddharth Nikhil Harish Kunal Raghav Dev Manish Tejas"),
        _words("Chandra Ram Bhatta Vish Sub Ragh Nara Mukh Deshp Jay Kir Sri"),
        _words("sekhar anathan charya wanath ramani avan yanan erjee ande akumar loskar nivas"),
    ),
}

# How Japanese given names, and the two parts of a family name, are written.
WRITTEN: Final = dict(
    pair.split(":")
    for pair in (
        "Haruka:遥 Ayumi:歩 Sakiko:咲子 Chihiro:千尋 Natsumi:夏美 Kaede:楓 Yukino:雪乃 Tomoyo:知世 Mizuki:瑞希 "
        "Hotaru:蛍 Reina:玲奈 Kotone:琴音 Kenji:健二 Shōta:翔太 Daigo:大悟 Ryūnosuke:龍之介 Takumi:匠 Haruto:陽斗 "
        "Yūma:悠真 Kazuki:和樹 Sōichi:宗一 Tetsuo:哲夫 Naoya:直也 Itsuki:樹 "
        "Yama:山 Taka:高 Kawa:川 Ishi:石 Fuji:藤 Matsu:松 Naka:中 Aki:秋 Mina:南 Hoshi:星 Shira:白 Kiku:菊 "
        "Moto:本 Hashi:橋 Mura:村 Saki:崎 Zawa:沢 Guchi:口 Naga:永 Bata:端 Shima:島 Tani:谷 Gawa:川"
    ).split()
)

# Who lives near each store: the first culture is that of half the households.
AROUND: Final[dict[str, tuple[str, ...]]] = {
    "paris-1": ("french", "arabic", "chinese", "hispanic", "slavic"),
    "london-1": ("british", "indian", "arabic", "slavic", "nordic"),
    "milan-1": ("italian", "german", "french", "slavic", "korean"),
    "munich-1": ("german", "slavic", "italian", "nordic", "arabic"),
    "geneva-1": ("french", "german", "italian", "slavic", "arabic"),
    "new-york-1": ("british", "hispanic", "italian", "korean", "chinese", "indian"),
    "dubai-1": ("arabic", "indian", "slavic", "british", "chinese"),
    "tokyo-1": ("japanese", "japanese", "chinese", "korean", "british"),
}
