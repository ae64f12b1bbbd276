import type { editor } from 'monaco-editor';

/** The colours of tokens.css as Monaco takes them: `#rrggbb`, from the element's computed style. */
function token(style: CSSStyleDeclaration, name: string): string {
  const value = style.getPropertyValue(`--${name}`).trim();
  if (/^#[0-9a-f]{6}$/i.test(value)) return value;
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(value);
  return short
    ? `#${short
        .slice(1)
        .map((digit) => digit + digit)
        .join('')}`
    : '#808080';
}

/** Monaco's theme made of the interface's tokens, so that there is one place for colours. */
export function editorTheme(root: HTMLElement): editor.IStandaloneThemeData {
  const style = getComputedStyle(root);
  const color = (name: string): string => token(style, name);
  const rule = (scope: string, name: string, fontStyle?: string): editor.ITokenThemeRule => ({
    token: scope,
    foreground: color(name).slice(1),
    ...(fontStyle === undefined ? {} : { fontStyle }),
  });
  const isDark = style.colorScheme.includes('dark');
  return {
    base: isDark ? 'vs-dark' : 'vs',
    // Monaco's own rules are more specific than ours and not made for our background
    inherit: false,
    rules: [
      rule('', 'text'),
      rule('comment', 'muted'),
      rule('metatag', 'muted'),
      rule('keyword', 'accent'),
      rule('type', 'accent'),
      rule('string', 'ok'),
      rule('number', 'warn'),
      rule('variable', 'unknown'),
      rule('attribute', 'unknown'),
      rule('delimiter', 'text'),
    ],
    colors: {
      'editor.background': color('bg'),
      'editor.foreground': color('text'),
      'editorLineNumber.foreground': color('muted'),
      'editorLineNumber.activeForeground': color('text'),
      'editor.lineHighlightBackground': color('surface'),
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': `${color('accent')}40`,
      'editorCursor.foreground': color('accent'),
      'editorIndentGuide.background1': color('border'),
      'editorWidget.background': color('raised'),
      'editorWidget.border': color('border'),
      'editorHoverWidget.background': color('raised'),
      'editorHoverWidget.border': color('border'),
      'editorSuggestWidget.background': color('raised'),
      'editorSuggestWidget.border': color('border'),
      'editorSuggestWidget.foreground': color('text'),
      'editorSuggestWidget.highlightForeground': color('accent'),
      'editorSuggestWidget.focusHighlightForeground': color('accent'),
      'editorSuggestWidget.selectedBackground': color('accent-soft'),
      'editorSuggestWidget.selectedForeground': color('text'),
      'editorError.foreground': color('bad'),
      'editorWarning.foreground': color('warn'),
      'editorInfo.foreground': color('info'),
      'menu.background': color('raised'),
      'menu.foreground': color('text'),
      'menu.selectionBackground': color('accent'),
      'menu.selectionForeground': color('on-accent'),
      'menu.separatorBackground': color('border'),
      'input.background': color('bg'),
      'input.border': color('border-strong'),
      focusBorder: color('accent'),
      'scrollbarSlider.background': `${color('muted')}50`,
      'scrollbarSlider.hoverBackground': `${color('muted')}80`,
      'scrollbarSlider.activeBackground': `${color('muted')}a0`,
      'scrollbar.shadow': '#00000000',
    },
  };
}
