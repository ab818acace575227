// Runs before the first paint, so that a chosen theme never flashes. A file of its own: the panel allows no inline script.
try {
  const theme = localStorage.getItem("cofre.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (storageIsForbidden) {
  void storageIsForbidden;
}
