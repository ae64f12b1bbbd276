/** Brings a form field into sight and leaves the focus where it is. */
export function pointAtField(field: string): void {
  const box = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(field)}"]`);
  box?.scrollIntoView({ block: 'nearest' });
  box?.animate(
    [
      { outline: '2px solid var(--accent)', outlineOffset: '3px' },
      { outline: '2px solid transparent', outlineOffset: '3px' },
    ],
    { duration: 1200, easing: 'ease-in' },
  );
}
