/** The program of the worker in which pdf.js reads a document. It serves the page as soon as it is loaded. */
import 'pdfjs-dist/legacy/build/pdf.worker.mjs';
