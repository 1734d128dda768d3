{% load static %}'use strict'
// Keeps the page with the emergency numbers and its style sheet, nothing else. Every other page comes from the network or not at all:
// a page that holds a reporter's words must never reach the device's disk.
const KEPT = [{% for address in kept %}'{{ address|escapejs }}'{% if not forloop.last %}, {% endif %}{% endfor %}]
const STORE = 'offline-{{ version }}'

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.addAll(KEPT)).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
  )
})

self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return
  const address = new URL(event.request.url)
  if (event.request.mode === 'navigate') {
    event.respondWith(fetch(event.request).catch(() => caches.match(KEPT[0])))
  } else if (address.origin === self.location.origin && KEPT.includes(address.pathname)) {
    event.respondWith(fetch(event.request).catch(() => caches.match(address.pathname)))
  }
})
