// What an open page asks and says by itself (htmx): that a desk is open and read, how far a batch is.

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.closest("#presence")) event.preventDefault(); // nobody looks
});

// Before the page is complete htmx would wait for an event that is over.
const begin = () => import(document.getElementById("presence").dataset.htmx);
if (document.readyState === "complete") begin();
else addEventListener("load", begin, { once: true });
