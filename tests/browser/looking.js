// What the tests look for in a page, as the browser has laid it out.
(() => {
  const named = (element) => {
    const words = (element.getAttribute("aria-label") || element.innerText || element.name || "").trim();
    const id = element.id ? `#${element.id}` : "";
    return `${element.tagName.toLowerCase()}${id} ${words.slice(0, 40)}`.trim();
  };

  const shown = (element) => element.checkVisibility({ visibilityProperty: true });

  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const focusable = () =>
    [...document.querySelectorAll(FOCUSABLE)].filter((each) => each.tabIndex >= 0 && !each.disabled && shown(each));

  const channels = (color) => {
    const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
  };

  const luminance = (rgb) => {
    const linear = (share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
    const [red, green, blue] = rgb.map((each) => linear(each / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };

  // The outline lies outside of its element, so what it must differ from is the ground beneath.
  const ground = (element) => {
    for (let each = element.parentElement; each; each = each.parentElement) {
      const { rgb, alpha } = channels(getComputedStyle(each).backgroundColor);
      if (alpha === 1) return rgb;
    }
    return [255, 255, 255];
  };

  const outlineFault = (element) => {
    const style = getComputedStyle(element);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return "has no outline two pixels wide";
    const { rgb, alpha } = channels(style.outlineColor);
    if (alpha < 1 || contrast(rgb, ground(element)) < 3) return "has an outline that is hard to tell from its ground";
    const box = element.getBoundingClientRect();
    const inside = box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
    return inside && box.width > 1 && box.height > 1 ? "" : "stays out of sight";
  };

  // Whoever leaves the page by its end comes in again at its beginning.
  const start = () => {
    document.documentElement.tabIndex = -1;
    document.documentElement.focus({ preventScroll: true });
    document.documentElement.removeAttribute("tabindex");
    return focusable().length;
  };

  const focused = () => {
    const element = document.activeElement;
    const place = focusable().indexOf(element);
    return { place, name: named(element), fault: place < 0 ? "" : outlineFault(element) };
  };

  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const inScroller = (element) => {
    for (let each = element.parentElement; each; each = each.parentElement) if (scrolls(each)) return true;
    return false;
  };

  // Everything that reaches over the right edge: scrolled to or, worse, cut off. A region that scrolls by itself,
  // such as one of a picture, may be wider inside.
  const wide = () => {
    const width = document.documentElement.clientWidth;
    const faults = [...document.body.querySelectorAll("*")]
      .filter((each) => shown(each) && each.getBoundingClientRect().right > width + 1 && !inScroller(each))
      .map((each) => `${named(each)} reaches over the right edge`);
    const scrolled = document.documentElement.scrollWidth - width;
    return scrolled > 0 ? [...faults, `the page scrolls sideways by ${scrolled} px`] : faults;
  };

  const texts = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode, words = node.data.trim(), element = node.parentElement;
      if (words && shown(element)) found.push({ node, words, element });
    }
    return found;
  };

  // A picture that shrinks with the window takes its words with it.
  const SMALLEST = 11;
  const small = () =>
    texts()
      .map(({ words, element }) => {
        const scale = element.ownerSVGElement ? element.getScreenCTM().a : 1;
        return { words, size: parseFloat(getComputedStyle(element).fontSize) * scale };
      })
      .filter(({ size }) => size < SMALLEST)
      .map(({ words, size }) => `${words} is written ${size.toFixed(1)} px high`);

  // Words, without a hyphen of their own, that go on in another line.
  const broken = () =>
    texts().flatMap(({ node }) =>
      [...node.data.matchAll(/[А-Яа-яЁё]+/g)]
        .filter(({ 0: word, index }) => {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1;
        })
        .map(([word]) => `${word} is broken in two`),
    );

  // Words of another language, such as a code of the programs, which a Russian voice cannot read; addresses may stand.
  const foreign = () =>
    texts()
      .filter(({ element }) => element.closest("[lang]")?.lang === "ru")
      .flatMap(({ words }) => words.split(/\s+/).filter((word) => /[a-z]{3}/.test(word) && !/[@/]/.test(word)))
      .map((word) => `${word} is not Russian`);

  // What WCAG 1.4.12 lets every reader set. A constructed sheet, because the page's policy allows no style of others.
  const spaceOut = () => {
    const sheet = new CSSStyleSheet();
    const wished = "line-height: 1.5; letter-spacing: .12em; word-spacing: .16em;";
    sheet.replaceSync(`* { ${wished.replaceAll(";", " !important;")} }`);
    document.adoptedStyleSheets = [sheet];
  };

  const headings = () =>
    [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((each) => Number(each.tagName[1]));

  return { broken, focused, foreign, headings, small, spaceOut, start, wide };
})()
