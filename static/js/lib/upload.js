/* The drop zone: takes a dropped file and says what was chosen. */
const zone = document.querySelector("[data-drop]");
if (zone) {
  const input = zone.querySelector("input[type=file]");
  const label = zone.querySelector("[data-file-name]");
  const before = label.textContent;
  const show = () => {
    const [file] = input.files;
    label.textContent = file ? `${file.name}, ${(file.size / 1e6).toFixed(1)} MB` : before;
  };
  input.addEventListener("change", show);
  for (const type of ["dragenter", "dragover"]) zone.addEventListener(type, (event) => { event.preventDefault(); zone.classList.add("over"); });
  for (const type of ["dragleave", "drop"]) zone.addEventListener(type, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    input.files = event.dataTransfer.files;
    show();
  });
}
