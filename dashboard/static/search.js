// Finds pages of the record in the index that lies beside the search page: a few small files for each search.
(() => {
  "use strict";
  const box = document.getElementById("q");
  const found = document.getElementById("found");
  const script = document.currentScript;
  if (!box || !found || !script) return;
  const count = document.getElementById("count");
  const list = document.getElementById("results");
  const more = document.getElementById("more");
  const SHOWN = 10;
  const here = new URL("../search/index.json", script.src);
  const kept = new Map();
  let index = null;
  let asked = 0;

  const load = async (name) => {
    if (!kept.has(name)) {
      kept.set(name, fetch(new URL(name, here)).then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      }));
      kept.get(name).catch(() => kept.delete(name));
    }
    return kept.get(name);
  };
  const open = async (again) => {
    if (!index || again) {
      const answer = await fetch(here, again ? { cache: "reload" } : {});
      if (!answer.ok) throw new Error(String(answer.status));
      index = await answer.json();
    }
    return index;
  };
  const wordsOf = (text) => (text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) || [])
    .map((word) => [...word].slice(0, 40).join(""));
  const fileOf = (shard) => [...shard].map((one) => one.codePointAt(0).toString(16)).join("-");

  // Pages by their place, with the weight that a word gives them. The last word may be unfinished.
  const pagesOf = async (word, unfinished) => {
    const shard = [...word].slice(0, 2).join("");
    const digest = index.words[shard];
    const shards = digest ? [[shard, digest]] : [];
    if (unfinished && [...word].length === 1) {
      shards.push(...Object.entries(index.words).filter(([name]) => name.startsWith(word) && name !== shard).slice(0, 8));
    }
    const weights = new Map();
    for (const [name, hash] of shards) {
      const words = await load(`words-${fileOf(name)}.${hash}.json`);
      const alike = (other) => other === word || (unfinished ? other.startsWith(word) : other === `${word}s` || `${other}s` === word);
      let common = 0;
      for (const [other, [rarity, where]] of Object.entries(words)) {
        if (!alike(other) || (typeof where === "string" && other !== word && (common += 1) > 3)) continue;
        const steps = typeof where === "string" ? await load(where) : where;
        let place = -1;
        for (let at = 0; at < steps.length; at += 2) {
          place += steps[at];
          const weight = steps[at + 1] * rarity * (other === word ? 2 : 1);
          if (weight > (weights.get(place) || 0)) weights.set(place, weight);
        }
      }
    }
    return weights;
  };

  const find = async (text) => {
    const all = wordsOf(text);
    const words = all.filter((word) => !index.stop.includes(word));
    const sets = [];
    for (const [at, word] of words.entries()) {
      sets.push(await pagesOf(word, at === words.length - 1 && !/\s$/.test(text)));
    }
    if (!sets.length) return [];
    sets.sort((one, other) => one.size - other.size);
    return [...sets[0].entries()]
      .filter(([place]) => sets.every((set) => set.has(place)))
      .map(([place]) => [place, sets.reduce((sum, set) => sum + set.get(place), 0)])
      .sort(([here, one], [there, other]) => other - one || here - there)
      .map(([place]) => place);
  };

  const line = (text, kind) => {
    const made = document.createElement(kind);
    made.textContent = text;
    return made;
  };
  const show = async (places, from, mine) => {
    const leaves = await Promise.all(places.slice(from, from + SHOWN).map(async (place) => {
      const leaf = Math.floor(place / index.leaf);
      return (await load(`pages-${leaf}.${index.leaves[leaf]}.json`))[place % index.leaf];
    }));
    if (mine !== asked) return;
    if (!from) list.replaceChildren();
    let first = null;
    for (const [path, title, kind, when, text] of leaves) {
      const item = document.createElement("li");
      const link = line(title, "a");
      link.href = index.root + (path.startsWith("/") ? path : "/");
      item.append(link, line([kind, when].filter(Boolean).join(", "), "span"));
      item.lastChild.className = "small";
      if (text) {
        item.append(line(text, "p"));
        item.lastChild.className = "excerpt";
      }
      list.append(item);
      first = first || link;
    }
    more.hidden = from + SHOWN >= places.length;
    more.onclick = async () => { const next = await show(places, from + SHOWN, mine); if (next) next.focus(); };
    return first;
  };
  const search = async (again) => {
    const mine = (asked += 1);
    const text = box.value.slice(0, 200);
    const address = new URL(location.href);
    if (text.trim()) address.searchParams.set("q", text.trim()); else address.searchParams.delete("q");
    history.replaceState(null, "", address);
    if (!text.trim()) { list.replaceChildren(); count.textContent = ""; more.hidden = true; return; }
    try {
      await open(again);
      const places = await find(text);
      if (mine !== asked) return;
      count.textContent = places.length === 0
        ? `Nothing is found for “${text.trim()}”. Fewer or shorter words find more.`
        : places.length === 1 ? "One page is found." : `${places.length.toLocaleString("en-GB")} pages are found.`;
      await show(places, 0, mine);
    } catch (error) {
      if (mine !== asked) return;
      if (!again && index) { kept.clear(); await search(true); return; } // a new index was published meanwhile
      count.textContent = "The search could not be loaded. Try again in a moment.";
    }
  };

  let wait = 0;
  box.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(search, 200); });
  box.form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(wait); search(); });
  const given = new URL(location.href).searchParams.get("q");
  if (given) { box.value = given; search(); }
})();
