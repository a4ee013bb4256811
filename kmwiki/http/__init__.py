"""What both faces share: who asks, language, headers, limits, paging, the front for anonymous readers.

Flask begins here. What belongs to HTML alone is in web/, what belongs to JSON alone in api/.
"""
