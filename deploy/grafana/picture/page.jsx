// One dashboard as Grafana's own components draw it: panels from dashboards/*.json, numbers from a real Prometheus
// (window.KAWAT, written by `bench.panels --save`). Grafana's server is not needed. Heatmaps are drawn here: Grafana has
// no component for them outside its server.
import React from 'react';
import { createRoot } from 'react-dom/client';
import { applyFieldOverrides, createTheme, dateTime, FieldType, toDataFrame, ThemeContext, getDisplayProcessor } from '@grafana/data';
import { BigValue, BigValueColorMode, BigValueGraphMode, BigValueTextMode, GlobalStyles, PanelChrome, TimeSeries } from '@grafana/ui';

const theme = createTheme({ colors: { mode: 'light' } });
const { dashboard, series, from, to } = window.KAWAT;
const COLUMN = 64, ROW = 38, GAP = 8;
const PALETTE = theme.visualization.palette;
const range = { from: dateTime(from), to: dateTime(to), raw: { from: 'now-1h', to: 'now' } };

function named(legend, labels) {
  return legend.replace(/{{(\w+)}}/g, (_, label) => labels[label] ?? '');
}

function frames(panel) {
  const made = [];
  panel.targets.forEach((target, index) => {
    for (const one of series[`${panel.id} ${index}`] ?? []) {
      const name = named(target.legendFormat, one.metric);
      made.push(
        toDataFrame({
          name,
          fields: [
            { name: 'Time', type: FieldType.time, values: one.values.map(([at]) => at * 1000) },
            {
              name,
              type: FieldType.number,
              values: one.values.map(([, value]) => value),
              config: {
                ...panel.fieldConfig.defaults,
                displayName: name,
                color: { mode: 'fixed', fixedColor: PALETTE[made.length % PALETTE.length] },
              },
            },
          ],
        })
      );
    }
  });
  return applyFieldOverrides({
    data: made,
    fieldConfig: { defaults: {}, overrides: [] },
    replaceVariables: (text) => text,
    theme,
    timeZone: 'utc',
  });
}

function Stat({ panel, width, height }) {
  const found = frames(panel);
  return (
    <div style={{ display: 'flex', width, height }}>
      {found.slice(0, 4).map((frame, index) => {
        const field = frame.fields[1];
        const display = getDisplayProcessor({ field: { ...field, config: { ...field.config, color: { mode: 'fixed', fixedColor: 'green' } } }, theme });
        const value = display(field.values[field.values.length - 1]);
        const each = width / Math.min(found.length, 4);
        const text = found.length > 1 || panel.options.textMode === 'value_and_name';
        return (
          <BigValue key={index} theme={theme} width={each} height={height} value={{ ...value, title: text ? frame.name : undefined }}
            colorMode={BigValueColorMode.Value} graphMode={BigValueGraphMode.None}
            textMode={text ? BigValueTextMode.ValueAndName : BigValueTextMode.Value} />
        );
      })}
    </div>
  );
}

const bound = ({ metric }) => (metric.le === '+Inf' ? Infinity : Number(metric.le));

function Heatmap({ panel, width, height }) {
  const found = (series[`${panel.id} 0`] ?? []).slice().sort((a, b) => (bound(a) < bound(b) ? -1 : 1));
  const bottom = 20, left = 52;
  const cells = [];
  let most = 0;
  found.forEach((one, row) => {
    const below = row ? new Map(found[row - 1].values) : new Map();
    for (const [at, value] of one.values) {
      const count = Math.max(0, value - (below.get(at) ?? 0));
      most = Math.max(most, count);
      cells.push({ row, at, count });
    }
  });
  const cell = (height - bottom) / Math.max(1, found.length);
  const x = (at) => left + ((at * 1000 - from) / (to - from)) * (width - left);
  const times = [...new Set(cells.map(({ at }) => at))];
  const step = times.length > 1 ? x(times[1]) - x(times[0]) : 4;
  return (
    <svg width={width} height={height} style={{ fontSize: 11, fill: theme.colors.text.secondary }}>
      {cells.filter(({ count }) => count > 0).map(({ row, at, count }, index) => (
        <rect key={index} x={x(at)} width={step} y={height - bottom - (row + 1) * cell} height={cell - 1}
          fill={`rgba(230, 85, 13, ${0.12 + 0.88 * (count / most)})`} />
      ))}
      {found.map((one, row) => row % 3 === 1 && (
        <text key={row} x={4} y={height - bottom - row * cell}>{one.metric.le} s</text>
      ))}
    </svg>
  );
}

function Lines({ panel, width, height }) {
  const found = frames(panel);
  if (!found.length) {
    return <div style={{ color: theme.colors.text.secondary, textAlign: 'center', paddingTop: height / 3 }}>No data</div>;
  }
  return (
    <TimeSeries frames={found} width={width} height={height} timeRange={range} timeZone="utc"
      legend={panel.options.legend} options={panel.options} />
  );
}

const KINDS = { stat: Stat, heatmap: Heatmap, timeseries: Lines };

function Panel({ panel }) {
  const { x, y, w, h } = panel.gridPos;
  const place = { position: 'absolute', left: GAP + x * COLUMN, top: 48 + y * ROW };
  if (panel.type === 'row') {
    return <div style={{ ...place, fontWeight: 500, paddingTop: 10 }}>{panel.title}</div>;
  }
  const width = w * COLUMN - GAP, height = h * ROW - GAP;
  const Kind = KINDS[panel.type];
  return (
    <div style={place}>
      <PanelChrome title={panel.title} width={width} height={height}>
        {(innerWidth, innerHeight) => <Kind panel={panel} width={innerWidth} height={innerHeight} />}
      </PanelChrome>
    </div>
  );
}

function Page() {
  const height = 60 + ROW * Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div id="page" style={{ position: 'relative', width: 24 * COLUMN + 2 * GAP, height, background: theme.colors.background.canvas, fontFamily: theme.typography.fontFamily, fontSize: 14, color: theme.colors.text.primary }}>
        <div style={{ padding: '14px 12px', fontSize: 18, fontWeight: 500 }}>{dashboard.title}</div>
        {dashboard.panels.map((panel) => <Panel key={panel.id} panel={panel} />)}
      </div>
    </ThemeContext.Provider>
  );
}

createRoot(document.getElementById('root')).render(<Page />);
