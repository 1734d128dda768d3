// The only script of the public side. Every page works without it. It adds: leaving by pressing Shift three times, focus on what must be
// mended, a report form that keeps its words when the connection fails, and the offline page.
// It stores nothing: no localStorage, sessionStorage, IndexedDB, cookie or history state. What is typed lives in the page alone.
'use strict';
(function () {
  const body = () => document.body

  // --- leaving quickly ---------------------------------------------------------------------------------------------
  let presses = 0
  let lastPress = 0

  function leave (address) {
    // Clear first: the next page may take seconds on a slow phone, and somebody may be looking.
    document.title = ' '
    document.documentElement.className = 'left-behind'
    body().replaceChildren()
    window.location.replace(address)
  }

  function exitLink () { return document.querySelector('[data-quick-exit]') }

  document.addEventListener('click', function (event) {
    const link = event.target.closest('[data-quick-exit]')
    if (!link) return
    event.preventDefault()
    leave(link.href)
  })

  document.addEventListener('keydown', function (event) {
    const link = exitLink()
    if (!link || event.repeat) return
    if (event.key !== 'Shift') { presses = 0; return }
    const now = Date.now()
    presses = now - lastPress < 3000 ? presses + 1 : 1
    lastPress = now
    if (presses === 3) { leave(link.href); return }
    const status = document.querySelector('[data-quick-exit-status]')
    if (status) status.textContent = presses === 1 ? body().dataset.leaveHint || '' : ''
  })

  // A page that comes back out of the browser's memory after leaving must be empty as well.
  window.addEventListener('pageshow', function (event) {
    if (event.persisted && document.documentElement.className === 'left-behind') window.location.reload()
  })

  // --- every page, also one that came by fetch -----------------------------------------------------------------------
  function begin () {
    document.querySelectorAll('[data-needs-script]').forEach(function (element) { element.hidden = false })
    const summary = document.querySelector('[data-error-summary]')
    if (summary) summary.focus()
  }

  document.addEventListener('click', function (event) {
    const link = event.target.closest('[data-error-summary] a[href^="#"]')
    if (link) {
      const field = document.getElementById(link.hash.slice(1))
      if (!field) return
      event.preventDefault()
      const fold = field.closest('details')
      if (fold) fold.open = true
      field.focus()
      field.scrollIntoView({ block: 'center' })
    }
    if (event.target.closest('[data-print]')) window.print()
  })

  // --- the report form -----------------------------------------------------------------------------------------------
  // Takes the place of the page with the one the server answered, without a new entry in the browser's history.
  function show (text) {
    const fresh = new DOMParser().parseFromString(text, 'text/html')
    document.title = fresh.title
    document.documentElement.lang = fresh.documentElement.lang
    document.documentElement.dir = fresh.documentElement.dir
    document.body.replaceWith(document.adoptNode(fresh.body))
    window.scrollTo(0, 0)
    begin()
    if (!document.querySelector('[data-error-summary]')) {
      const heading = document.querySelector('main h1')
      if (heading) { heading.tabIndex = -1; heading.focus() }
    }
  }

  function files (form) {
    const kept = {}
    form.querySelectorAll('input[type="file"]').forEach(function (input) { if (input.files.length) kept[input.name] = input.files })
    return kept
  }

  // A browser lets no server fill in a file field: the chosen files are carried over to the page that came back.
  function giveBackFiles (kept) {
    const form = document.querySelector('form[data-report-form]')
    if (!form) return
    Object.keys(kept).forEach(function (name) {
      const input = form.querySelector('input[type="file"][name="' + CSS.escape(name) + '"]')
      if (input) input.files = kept[name]
    })
  }

  function say (form, sentence, failed) {
    let status = form.querySelector('[data-send-status]')
    if (!status) {
      status = document.createElement('p')
      status.dataset.sendStatus = ''
      status.setAttribute('role', 'status')
      const button = form.querySelector('button[type="submit"]:last-of-type, [type="submit"]')
      if (button && button.parentNode) button.parentNode.insertBefore(status, button)
      else form.append(status)
    }
    status.className = failed ? 'send-status send-status--failed' : 'send-status'
    status.textContent = sentence
  }

  // The server took nothing; its message is the server's own sentence, where it gave one.
  class Refused extends Error {}

  function busy (form, on) {
    form.toggleAttribute('data-busy', on)
    form.querySelectorAll('[type="submit"]').forEach(function (button) { button.setAttribute('aria-disabled', on ? 'true' : 'false') })
  }

  async function send (form, submitter) {
    busy(form, true)
    say(form, body().dataset.sending || '…', false)
    const kept = files(form)
    let answer
    try {
      const data = submitter && submitter.name ? new FormData(form, submitter) : new FormData(form)
      const plain = form.enctype === 'multipart/form-data' ? data : new URLSearchParams(data)
      answer = await fetch(form.action, { method: 'POST', body: plain, credentials: 'same-origin', redirect: 'follow', cache: 'no-store' })
      const type = answer.headers.get('Content-Type') || ''
      // A fault of the server, or a proxy's own page: our page with the words on it is worth more than theirs.
      if (!type.startsWith('text/html')) throw new Error('not ours')
      const text = await answer.text()
      if (answer.status >= 500 || (answer.status >= 400 && !text.includes('data-report-form'))) {
        const reason = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-refused]')
        throw new Refused(reason ? reason.textContent.trim() : '')
      }
      if (answer.redirected && answer.url !== window.location.href) { window.location.replace(answer.url); return }
      show(text)
      giveBackFiles(kept)
    } catch (fault) {
      busy(form, false)
      say(form, (fault instanceof Refused && fault.message) || body().dataset.notSent || '', true)
      form.querySelector('[data-send-status]').scrollIntoView({ block: 'center' })
    }
  }

  document.addEventListener('submit', function (event) {
    const form = event.target
    if (!form.matches('form[data-report-form]') || event.defaultPrevented) return
    event.preventDefault()
    if (!form.hasAttribute('data-busy')) send(form, event.submitter)
  })

  // Another language: the same page in it, with what was typed so far. A form marked data-redraw draws itself again, so that its receipt stays the
  // one that may already be written down; any other is fetched anew and filled in.
  function redraw (form, address, code) {
    const typed = new FormData(form)
    form.querySelectorAll('input[type="file"]').forEach(function (input) { typed.delete(input.name) })
    typed.set('redraw', code)
    return fetch(address, { method: 'POST', body: typed, credentials: 'same-origin', cache: 'no-store' })
  }

  document.addEventListener('click', function (event) {
    const link = event.target.closest('[data-language-link]')
    const form = document.querySelector('form[data-report-form]')
    if (!link || !form || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const again = 'redraw' in form.dataset
    const asked = again ? redraw(form, link.href, link.hreflang) : fetch(link.href, { credentials: 'same-origin', cache: 'no-store' })
    asked.then(function (answer) {
      if (!answer.ok) throw new Error('not there')
      return answer.text()
    }).then(function (text) {
      const typed = new FormData(form)
      const kept = files(form)
      show(text)
      const fresh = document.querySelector('form[data-report-form]')
      if (!fresh) return
      if (again) { giveBackFiles(kept); return }
      typed.forEach(function (value, name) {
        if (typeof value !== 'string' || name === 'language' || name === 'seed') return
        fresh.querySelectorAll('[name="' + CSS.escape(name) + '"]').forEach(function (field) {
          if (field.type === 'file') return
          if (field.type === 'radio' || field.type === 'checkbox') { if (field.value === value) field.checked = true } else field.value = value
        })
      })
      giveBackFiles(kept)
    }).catch(function () { window.location.assign(link.href) })
  })

  // --- without a network -----------------------------------------------------------------------------------------------
  // Not on a page with a report: nothing of it may leave a trace on the device, and nothing may compete with sending it.
  const worker = document.currentScript && document.body ? body().dataset.offlineWorker : ''
  if (worker && 'serviceWorker' in navigator && !document.querySelector('[data-report-form]')) {
    window.addEventListener('load', function () { navigator.serviceWorker.register(worker).catch(function () {}) })
  }

  begin()
})()
