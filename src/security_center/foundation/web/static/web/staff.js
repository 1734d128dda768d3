// The staff side's own script: keys on lists, copying, printing, focus on what must be mended, passkey messages. No page needs it to work.
'use strict';
(function () {
  const KEYS_OFF = 'keys-off'

  function keysAreOff () {
    try { return window.localStorage.getItem(KEYS_OFF) === 'yes' } catch { return false }
  }

  function rows () {
    return Array.from(document.querySelectorAll('[data-keyboard-list] [data-keyboard-row]'))
      .map(function (row) { return row.matches('a, button') ? row : row.querySelector('a[href], button') })
      .filter(Boolean)
  }

  function move (step) {
    const all = rows()
    if (!all.length) return
    const at = all.indexOf(document.activeElement)
    const next = at === -1 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)
    all[next].focus()
    all[next].scrollIntoView({ block: 'nearest' })
  }

  function isTyping (element) {
    return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)
  }

  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || keysAreOff()) return
    const help = document.getElementById('keyboard-help')
    if (help && help.open) return
    if (event.key === '?' && help && rows().length) { event.preventDefault(); help.showModal() }
    if (event.key === 'j') move(1)
    if (event.key === 'k') move(-1)
    if (event.key === '/') {
      const search = document.querySelector('[data-search], input[type="search"]')
      if (search) { event.preventDefault(); search.focus() }
    }
  })

  document.addEventListener('click', function (event) {
    const help = event.target.closest('[data-show-keys]')
    if (help) document.getElementById('keyboard-help').showModal()

    const copy = event.target.closest('[data-copy]')
    if (copy) {
      const source = document.getElementById(copy.dataset.copy)
      if (source && navigator.clipboard) {
        const text = 'value' in source ? source.value : source.textContent.trim()
        navigator.clipboard.writeText(text).then(function () {
          const before = copy.textContent
          copy.textContent = document.body.dataset.copied || before
          window.setTimeout(function () { copy.textContent = before }, 2000)
        }).catch(function () {})
      }
    }

    if (event.target.closest('[data-print]')) window.print()

    const link = event.target.closest('[data-error-summary] a[href^="#"]')
    if (link) {
      const field = document.getElementById(link.hash.slice(1))
      if (field) {
        event.preventDefault()
        const fold = field.closest('details')
        if (fold) fold.open = true
        field.focus()
        field.scrollIntoView({ block: 'center' })
      }
    }

    document.querySelectorAll('details.tool-menu[open]').forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false
    })
  })

  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape') return
    document.querySelectorAll('details.tool-menu[open]').forEach(function (menu) {
      menu.open = false
      menu.querySelector('summary').focus()
    })
  })

  // A form that is sent twice by an impatient press does its work once.
  document.addEventListener('submit', function (event) {
    const form = event.target
    if (form.method === 'dialog' || form.hasAttribute('data-send-again')) return
    if (form.hasAttribute('data-sent')) { event.preventDefault(); return }
    form.setAttribute('data-sent', '')
    window.setTimeout(function () { form.removeAttribute('data-sent') }, 4000)
  })

  const off = document.querySelector('[data-keys-off]')
  if (off) {
    off.checked = keysAreOff()
    off.addEventListener('change', function () {
      try { window.localStorage.setItem(KEYS_OFF, off.checked ? 'yes' : 'no') } catch { off.checked = false }
    })
  }

  // The device refused, or the person closed its dialog: allauth reports it by an event and shows nothing.
  document.addEventListener('allauth.error', function (event) {
    const place = document.querySelector('[data-passkey-error]')
    if (!place) return
    event.preventDefault()
    place.hidden = false
  })

  document.querySelectorAll('[data-needs-script]').forEach(function (element) { element.hidden = false })
  const summary = document.querySelector('[data-error-summary]')
  if (summary) summary.focus()
})()
