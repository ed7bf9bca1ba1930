/* Enhancement only: every page works without it. No inline handlers, no eval, nothing stored. */
(function () {
  'use strict'

  const live = document.getElementById('live')

  function announce (text) {
    if (!live || !text) return
    live.textContent = ''
    // A new turn, so that the same sentence twice is read twice.
    window.setTimeout(function () { live.textContent = text }, 50)
  }

  function problem (key) {
    const notes = document.getElementById('messages')
    const text = live && live.dataset[key]
    if (!notes || !text) return
    const note = document.createElement('div')
    note.className = 'note note--warning'
    const word = document.createElement('p')
    word.className = 'note__word'
    word.textContent = live.dataset.attention
    const sentence = document.createElement('p')
    sentence.textContent = text
    note.append(word, sentence)
    // One note of a kind: a second failure replaces the first.
    notes.querySelectorAll('[data-problem]').forEach(function (old) { old.remove() })
    note.dataset.problem = key
    notes.prepend(note)
    note.scrollIntoView({ block: 'nearest' })
  }

  // What a swapped row says happened is read aloud too.
  document.addEventListener('htmx:load', function (event) {
    const swapped = event.detail.elt
    if (!swapped || swapped === document.body) return
    const outcome = swapped.matches('[data-announce]') ? swapped : swapped.querySelector('[data-announce]')
    if (outcome) announce(outcome.textContent.replace(/\s+/g, ' ').trim())
  })
  document.addEventListener('htmx:sendError', function () { problem('offline') })
  document.addEventListener('htmx:timeout', function () { problem('offline') })
  document.addEventListener('htmx:responseError', function (event) {
    // 401 and 403: the session ended or the form grew old. The page itself can explain it.
    const status = event.detail.xhr.status
    problem(status === 401 || status === 403 ? 'expired' : 'failed')
  })

  // A form that came back with mistakes: begin there.
  const summary = document.querySelector('.error-summary') || document.querySelector('[aria-invalid="true"]')
  if (summary) summary.focus()

  // allauth reports what went wrong with a passkey here.
  document.addEventListener('allauth.error', function (event) {
    const note = document.getElementById('passkey-problem')
    if (!note) return
    event.preventDefault()
    note.hidden = false
    note.scrollIntoView({ block: 'nearest' })
  })
  if (!window.PublicKeyCredential) {
    document.querySelectorAll('[data-passkey]').forEach(function (part) { part.hidden = true })
    document.querySelectorAll('[data-no-passkey]').forEach(function (part) { part.hidden = false })
  }

  // Keys, only while the focus is inside an element with data-keys (WCAG 2.1.4):
  // j and k go through its [data-row]; any other letter presses or focuses its [data-key].
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    const target = event.target
    if (!(target instanceof Element) || target.closest('input, textarea, select, [contenteditable]')) return
    const desk = target.closest('[data-keys]')
    if (!desk) return
    if (event.key === 'j' || event.key === 'k') {
      const rows = Array.from(desk.querySelectorAll('[data-row]'))
      if (!rows.length) return
      const here = rows.indexOf(target.closest('[data-row]'))
      const next = here < 0 ? 0 : here + (event.key === 'j' ? 1 : -1)
      if (rows[next]) rows[next].focus()
      event.preventDefault()
      return
    }
    if (!/^[a-z?]$/.test(event.key)) return
    const scope = target.closest('[data-row]') || desk
    const control = scope.querySelector('[data-key="' + event.key + '"]') || desk.querySelector('[data-key="' + event.key + '"]')
    if (!control) return
    event.preventDefault()
    if (control.matches('button, a, summary')) control.click()
    else control.focus()
  })
})()
