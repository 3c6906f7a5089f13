// The portal on a device: static files are kept, one page says that there is no network, and nothing else is ever kept.
// CACHE, OFFLINE and PARTS stand before this (portal/public/installable.py): the name of this version's cache, the page
// without network and what it consists of.

const OURS = "rongyiban ";

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(visit(request));
  else if (request.method === "GET" && url.pathname.startsWith("/static/") && url.searchParams.has("v")) event.respondWith(keep(request));
});

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll([OFFLINE, ...PARTS].map((address) => new Request(address, { credentials: "omit" })));
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith(OURS) && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
}

async function keep(request) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

// Pages always come from the portal and go to nobody else. What was sent into nowhere stays in the page that sent it:
// an answer without content (204) leaves that page open, with everything typed.
async function visit(request) {
  try {
    return await fetch(request);
  } catch {
    if (request.method === "GET") return (await caches.match(OFFLINE)) ?? Response.error();
    for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage({ notSent: new URL(request.url).pathname });
    return new Response(null, { status: 204 });
  }
}
