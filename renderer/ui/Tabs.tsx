import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components';
import './Tabs.css';

export interface TabItem {
  id: string;
  label: ReactNode;
  content: ReactNode;
}

/** Tabs over one area. Only the chosen one is drawn. `aside` stands at the end of the tab row. */
export function Tabs({ label, items, selected, onSelect, aside }: { label: string; items: readonly TabItem[]; selected: string; onSelect: (id: string) => void; aside?: ReactNode }) {
  return (
    <AriaTabs className="tabs" selectedKey={selected} onSelectionChange={(key) => onSelect(String(key))}>
      <div className="tabs-row">
        <TabList aria-label={label} className="tabs-list">
          {items.map((item) => (
            <Tab key={item.id} id={item.id} className="tab">
              {item.label}
            </Tab>
          ))}
        </TabList>
        {aside ? <div className="tabs-aside">{aside}</div> : null}
      </div>
      {items.map((item) => (
        <TabPanel key={item.id} id={item.id} className="tab-panel">
          {item.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
