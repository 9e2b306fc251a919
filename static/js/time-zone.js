/* Chooses the device's own time zone in a list, where the person has not chosen one: <select data-guess-zone>. */
for (const list of document.querySelectorAll("select[data-guess-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && [...list.options].some((option) => option.value === zone)) list.value = zone;
}
