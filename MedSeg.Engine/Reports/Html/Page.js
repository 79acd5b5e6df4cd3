'use strict';
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const cards = all('.card');
  const rows = all('tr[data-row]');
  const status = document.querySelector('[data-status]');

  // Chips show the cards with one code.
  all('.filter button').forEach(button => button.addEventListener('click', () => {
    all('.filter button').forEach(other => other.setAttribute('aria-pressed', other === button));
    all('article[data-codes]').forEach(card => { card.hidden = button.dataset.code !== '' && !card.dataset.codes.split(' ').includes(button.dataset.code); });
  }));

  // Sorting by a column: numbers by value, texts as a reader would; unknown values are last.
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value === '' ? null : Number(cell.dataset.value);
  };
  const compare = (a, b) => a === b ? 0 : a === null || a === '' ? 1 : b === null || b === '' ? -1
    : typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
  all('table.sortable').forEach(table => all('thead th', table).forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.textContent = '';
    head.append(button);
    if (table.tBodies[0].rows[0] && table.tBodies[0].rows[0].cells[column].classList.contains('number')) {
      head.classList.add('number');
    }

    button.addEventListener('click', () => {
      const isDown = head.getAttribute('aria-sort') === 'ascending';
      all('th', head.parentNode).forEach(other => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', isDown ? 'descending' : 'ascending');
      const sorted = [...table.tBodies[0].rows].map(row => [keyOf(row, column), row]);
      sorted.sort(([a], [b]) => a === null || b === null || a === '' || b === '' ? compare(a, b) : (isDown ? -1 : 1) * compare(a, b));
      sorted.forEach(([, row]) => table.tBodies[0].append(row));
    });
  }));

  // Copy buttons.
  all('button.copy').forEach(button => button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.innerText);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = document.execCommand('copy') ? 'Copied' : 'Selected: press Ctrl+C';
    }
  }));

  all('button[data-print]').forEach(button => button.addEventListener('click', () => print()));

  // What the reader decides is kept by the browser, or where it does not allow that, until the page is closed.
  const key = document.body.dataset.review && 'medseg-review-' + document.body.dataset.review;
  let store = {};
  let isKept = true;
  let isSaved = true;
  try {
    store = JSON.parse(localStorage.getItem(key)) || {};
  } catch {
    isKept = false;
  }

  const keep = () => {
    isSaved = false;
    try {
      localStorage.setItem(key, JSON.stringify(store));
    } catch {
      isKept = false;
    }

    showKept();
  };
  const showKept = () => all('[data-not-kept]').forEach(note => { note.hidden = isKept; });
  const decisionOf = card => (store[card.dataset.key] || {}).decision || '';

  const show = card => {
    const entry = store[card.dataset.key] || {};
    card.dataset.decision = entry.decision || '';
    all('input[type=radio]', card).forEach(radio => { radio.checked = radio.value === (entry.decision || ''); });
    all('input[type=text]', card).forEach(input => { input.value = entry.comment || ''; });
    const row = rows.find(other => other.dataset.row === card.dataset.key);
    if (row && row.querySelector('[data-decided]')) {
      row.querySelector('[data-decided]').textContent = entry.decision || '';
    }
  };

  // Filters apply to cards and to rows of the table.
  const filters = all('[data-filter]');
  const fits = card => filters.every(filter => {
    const value = filter.value.trim().toLowerCase();
    switch (filter.dataset.filter) {
      case 'text': return card.dataset.name.toLowerCase().includes(value);
      case 'series': return value === '' || card.dataset.series.toLowerCase() === value;
      case 'decision': return value === '' || (decisionOf(card) || 'undecided').toLowerCase() === value;
      default: return value === '' || (value === 'any' ? card.dataset.codes !== '' : card.dataset.codes.toLowerCase().split(' ').includes(value));
    }
  });
  const count = () => {
    if (status) {
      const shown = cards.filter(card => !card.hidden).length;
      const accepted = cards.filter(card => decisionOf(card) === 'Accept').length;
      const rejected = cards.filter(card => decisionOf(card) === 'Reject').length;
      status.textContent = `${shown} of ${cards.length} shown, ${accepted} accepted, ${rejected} rejected, ${cards.length - accepted - rejected} undecided`;
    }
  };
  const apply = () => {
    const shown = new Set();
    cards.forEach(card => {
      card.hidden = !fits(card);
      if (!card.hidden) {
        shown.add(card.dataset.key);
      }
    });
    rows.forEach(row => { row.hidden = !shown.has(row.dataset.row); });
    count();
  };
  filters.forEach(filter => filter.addEventListener('input', apply));

  const decide = (card, decision) => {
    store[card.dataset.key] = { ...store[card.dataset.key], decision };
    keep();
    show(card);
    count();
  };

  cards.forEach(card => {
    card.addEventListener('change', event => {
      if (event.target.type === 'radio') {
        decide(card, event.target.value);
      }
    });
    card.addEventListener('input', event => {
      if (event.target.type === 'text') {
        store[card.dataset.key] = { ...store[card.dataset.key], comment: event.target.value };
        keep();
      }
    });

    // Keys of a card that has the focus; never while a comment is typed.
    card.addEventListener('keydown', event => {
      if (event.target.type === 'text' || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }

      const seen = cards.filter(other => !other.hidden);
      const move = step => {
        const next = seen[seen.indexOf(card) + step];
        if (next) {
          next.focus();
        }
      };
      const actions = {
        a: () => decide(card, 'Accept'), r: () => decide(card, 'Reject'), u: () => decide(card, ''),
        c: () => card.querySelector('input[type=text]').focus(), j: () => move(1), k: () => move(-1),
      };
      if (actions[event.key]) {
        event.preventDefault();
        actions[event.key]();
      }
    });
    show(card);
  });

  all('button[data-accept]').forEach(button => button.addEventListener('click', () => {
    cards.filter(card => !card.hidden && decisionOf(card) === '').forEach(card => {
      store[card.dataset.key] = { ...store[card.dataset.key], decision: 'Accept' };
      show(card);
    });
    keep();
    count();
  }));

  // RFC 4180; the byte order mark makes Excel read UTF-8, and an apostrophe keeps it from taking a text for a formula.
  const cell = text => {
    const value = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
    return /[",\r\n]/.test(value) ? '"' + value.replaceAll('"', '""') + '"' : value;
  };
  all('button[data-save]').forEach(button => button.addEventListener('click', () => {
    const lines = [['Name', 'Series', 'Frame', 'Image', 'Mask', 'Decision', 'Comment', 'Axis', 'Channels'], ...cards.map(card => [
      card.dataset.name, card.dataset.series, card.dataset.frame, card.dataset.image, card.dataset.mask,
      decisionOf(card), (store[card.dataset.key] || {}).comment || '', card.dataset.axis || '', card.dataset.channels || '',
    ])];
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(['\ufeff' + lines.map(line => line.map(cell).join(',') + '\r\n').join('')], { type: 'text/csv' }));
    link.download = button.dataset.save;
    link.click();
    isSaved = true;
  }));

  addEventListener('beforeunload', event => {
    if (!isKept && !isSaved) {
      event.preventDefault();
    }
  });
  showKept();
  count();
})();
