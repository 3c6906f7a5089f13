// An open desk says that it is open (htmx): the step counts as read, and colleagues see that somebody is at it.

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault(); // nobody looks
});

// Before the page is complete htmx would wait for an event that is over.
const begin = () => import(document.getElementById("presence").dataset.htmx);
if (document.readyState === "complete") begin();
else addEventListener("load", begin, { once: true });
