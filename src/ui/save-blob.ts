/** How long the browser may take to begin reading the Blob, ms. */
const READ_TIME = 60_000;

/** Hands a Blob to the browser as a download of this name. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it in its own time and does not say when.
  setTimeout(() => URL.revokeObjectURL(url), READ_TIME);
}
