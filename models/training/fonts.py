"""Fonts of this system and words in the scripts that they can draw."""
import functools
import glob
import os

from PIL import ImageFont

FOLDERS = ('/usr/share/fonts', os.path.expanduser('~/.fonts'), '/Library/Fonts')
LATIN = (
    'the house was never quiet after that winter and nobody asked why she came back alone on Monday evening news report live from '
    'city council says weather tomorrow première año über größer señor wyjście kdyby için değil çok över là-bas naïve où'
).split()
CYRILLIC = 'сегодня вечером никто не ждал такого ответа почему ты здесь новости погода завтра Київ слухай'.split()
GREEK = 'καλησπέρα σας απόψε δεν ξέρω γιατί ειδήσεις'.split()
ARABIC = 'مساء الخير لا أعرف لماذا الأخبار الآن من المدينة'.split()
SCRIPTS = {
    'latin': (LATIN, ('DejaVu', 'Liberation', 'Noto', 'Arial', 'Roboto')),
    'cyrillic': (CYRILLIC, ('DejaVu', 'Liberation', 'NotoSansCJK')),
    'greek': (GREEK, ('DejaVu', 'Liberation')),
    'arabic': (ARABIC, ('DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSansMono', 'Arabic', 'Naskh')),
    'cjk': (None, ('CJK',)),
}


@functools.lru_cache(None)
def files(script):
    found = [f for folder in FOLDERS for f in glob.glob(folder + '/**/*.[to]t[fc]', recursive=True)]
    keys = SCRIPTS[script][1]
    return sorted(f for f in found if any(k in f for k in keys) and 'Math' not in f)


@functools.lru_cache(256)
def font(path, size):
    return ImageFont.truetype(path, size)


def phrase(rng, longest=7):
    """(text, font file) in a script drawn by chance."""
    scripts = [s for s in SCRIPTS if files(s)]
    script = rng.choices(scripts, [{'latin': 10, 'cjk': 6, 'cyrillic': 3}.get(s, 1) for s in scripts])[0]
    path = rng.choice(files(script))
    if script == 'cjk':
        block = rng.choices(((0x4E00, 0x9FA0), (0x3041, 0x30FF), (0xAC00, 0xD7A3)), (5, 2, 2))[0]
        return ''.join(chr(rng.randint(*block)) for _ in range(rng.randint(2, 2 * longest))), path
    words = ' '.join(rng.choices(SCRIPTS[script][0], k=rng.randint(1, longest)))
    return rng.choice((words, words, words.capitalize(), words.upper())), path


def digits(rng):
    """A clock or a score."""
    a, b = rng.randint(0, 99), rng.randint(0, 59)
    return rng.choice((f'{a:02d}:{b:02d}', f'{a} - {b}', f'{a}.{b}%', f'{b:02d}:{a % 60:02d}:{rng.randint(0, 99):02d}'))
