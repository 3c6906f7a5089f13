// An open desk says that it is open (htmx): the step counts as read, and colleagues see that somebody is at it.

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault(); // nobody looks
});

import(document.getElementById("presence").dataset.htmx);
