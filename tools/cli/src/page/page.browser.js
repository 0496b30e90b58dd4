// The script of the page: filters, searches and unfolds the cards, and copies commands. The page is readable without the script.
'use strict';
{
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const cards = all('.card');
  const others = all('.others');
  const changes = all('.timeline li');
  const status = document.querySelector('[role=status]');
  const search = document.querySelector('input[type=search]');
  const tiles = all('[data-filter]');
  let filter = '';

  for (const control of all('.controls, [data-copy]')) control.hidden = false;
  for (const tile of tiles) tile.disabled = false;

  const textOf = new WeakMap();
  const matches = (element, words) => {
    if (words.length === 0) return true;
    if (!textOf.has(element)) textOf.set(element, element.textContent.toLowerCase());
    return words.every((word) => textOf.get(element).includes(word));
  };

  const show = () => {
    const words = (search?.value ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const isFiltered = filter !== '' || words.length > 0;
    let shown = 0;
    for (const card of cards) {
      card.hidden = (filter !== '' && card.dataset.tone !== filter) || !matches(card, words);
      if (!card.hidden) shown += 1;
    }
    for (const other of others) {
      other.hidden = filter !== '' && other.dataset.tone !== filter;
      if (filter !== '' && !other.hidden) other.open = true;
      for (const item of all('li', other)) item.hidden = !matches(item, words);
    }
    for (const change of changes) change.hidden = (filter !== '' && !change.classList.contains(filter)) || !matches(change, words);
    for (const tile of tiles) tile.setAttribute('aria-pressed', String(tile.dataset.filter === filter));
    if (status) status.textContent = isFiltered ? `${shown} of ${cards.length} entries shown` : '';
  };
  for (const tile of tiles)
    tile.addEventListener('click', () => {
      filter = filter === tile.dataset.filter ? '' : tile.dataset.filter;
      show();
    });
  search?.addEventListener('input', show);

  const unfold = document.querySelector('[data-unfold]');
  unfold?.addEventListener('click', () => {
    const isFolding = unfold.textContent !== 'Unfold all';
    for (const card of cards) card.open = !isFolding;
    unfold.textContent = isFolding ? 'Unfold all' : 'Fold all';
  });

  // A link to a group unfolds the card of the group. If the filter hides the card, the link resets the filter.
  const goTo = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target === null) return;
    if (target.closest('[hidden]') !== null) {
      filter = '';
      search.value = '';
      show();
    }
    for (let each = target.closest('details'); each !== null; each = each.parentElement.closest('details')) each.open = true;
    target.scrollIntoView({ block: 'center' });
    target.focus({ preventScroll: true });
  };
  addEventListener('hashchange', goTo);
  // A browser fires no `hashchange` event if the URL already has the hash of the clicked link.
  for (const link of all('a[href^="#"]'))
    link.addEventListener('click', () => {
      if (link.getAttribute('href') === location.hash) goTo();
    });
  if (location.hash !== '') goTo();

  for (const button of all('[data-copy]'))
    button.addEventListener('click', async () => {
      const command = button.parentElement.querySelector('code');
      try {
        await navigator.clipboard.writeText(command.textContent);
        button.textContent = 'Copied';
      } catch {
        // If the page was opened from a file, the browser may deny access to the clipboard.
        getSelection().selectAllChildren(command);
        button.textContent = document.execCommand('copy') ? 'Copied' : 'Selected: press Ctrl+C';
      }
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 2000);
    });

  // Highlights the paths through the node that has the focus or the pointer.
  for (const picture of all('.picture')) {
    const links = all('[data-from]', picture);
    const nodes = all('[data-key]', picture);
    const spread = (start, near, far) => {
      const found = new Set([start]);
      for (const key of found) for (const link of links) if (link.dataset[near] === key) found.add(link.dataset[far]);
      return found;
    };
    const light = (key) => {
      picture.classList.toggle('lit', key !== undefined);
      if (key === undefined) return;
      const [before, after] = [spread(key, 'to', 'from'), spread(key, 'from', 'to')];
      for (const node of nodes) node.classList.toggle('on', before.has(node.dataset.key) || after.has(node.dataset.key));
      for (const link of links) link.classList.toggle('on', before.has(link.dataset.to) || after.has(link.dataset.from));
    };
    for (const node of nodes) {
      node.addEventListener('pointerenter', () => light(node.dataset.key));
      node.addEventListener('pointerleave', () => light());
      node.addEventListener('focus', () => light(node.dataset.key));
      node.addEventListener('blur', () => light());
    }
  }
}
