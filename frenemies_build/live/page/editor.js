// One editor for one cell. Tab leaves it, so that the keyboard reaches all of the page; Ctrl+] and Ctrl+[ indent.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

const shared = [
  history(),
  drawSelection(),
  indentOnInput(),
  indentUnit.of("    "),
  bracketMatching(),
  python(),
  syntaxHighlighting(classHighlighter),
  EditorView.lineWrapping,
];

/** Put an editor into `parent`; return how to read, set and focus it. */
export function makeEditor(parent, { text, label, locked, onChange, onRun, onRunAndGoOn }) {
  const keys = [
    { key: "Shift-Enter", run: () => (onRunAndGoOn(), true) },
    { key: "Mod-Enter", run: () => (onRun(), true) },
  ];
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([...keys, ...defaultKeymap, ...historyKeymap]),
        ...shared,
        EditorState.readOnly.of(locked),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": String(locked) }),
        EditorView.editorAttributes.of({ class: locked ? "live-locked" : "" }),
        EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    set: (value) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } }),
    focus: () => view.focus(),
  };
}
