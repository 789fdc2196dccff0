# %% [markdown]
# # Rain by month
# A year of measurements at two stations, in `rain.csv`. Run the cells one after the other with Shift+Enter; put your own CSV file in its place in **Files**.

# %%
import csv
from collections import defaultdict
from statistics import mean

with open('rain.csv', newline='', encoding='utf-8') as file:
    rows = [{**row, 'mm': float(row['mm']), 'celsius': float(row['celsius'])} for row in csv.DictReader(file)]

rows[:5]

# %% [markdown]
# ## How much rain fell in each month?

# %%
months = defaultdict(lambda: defaultdict(float))
for row in rows:
    months[row['date'][:7]][row['station']] += row['mm']

by_month = [{'month': month, **{station: round(mm, 1) for station, mm in stations.items()}} for month, stations in sorted(months.items())]
by_month

# %% [markdown]
# ## Are wet days colder?

# %%
wet = [row['celsius'] for row in rows if row['mm'] > 0]
dry = [row['celsius'] for row in rows if row['mm'] == 0]
print(f'{len(wet)} measurements with rain, {mean(wet):.1f} °C on average')
print(f'{len(dry)} without, {mean(dry):.1f} °C')
